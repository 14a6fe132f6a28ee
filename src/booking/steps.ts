import type { FaultCode } from './faults.js';
import type { Told } from './outcomes.js';

/**
 * The named steps that a sale passes. One observer is told of each; metrics hang on it, and so
 * may whatever else wants to see or to disturb a sale.
 *
 * `rowsLocked` and `overtaken` are told by a store that locks for itself: the rows are granted after
 * `lockHeld`, which says no more than that the section has begun; and an attempt was refused because
 * somebody else has written meanwhile, so that it begins anew.
 */
export type StepName =
  | 'queued'
  | 'lockWanted'
  | 'lockHeld'
  | 'lockRejected'
  | 'rowsLocked'
  | 'loaded'
  | 'paused'
  | 'decided'
  | 'replaced'
  | 'appended'
  | 'overtaken'
  | 'lockReleased'
  | 'synced'
  | 'answered'
  | 'refused';

export interface Step {
  readonly name: StepName;
  /** The lock turn that it belongs to, counted per process; 0 for a buy that is in none. */
  readonly turn: number;
  /** When, in milliseconds on this process's monotonic clock. */
  readonly at: number;
  /** The buys that were queued or refused. */
  readonly buys?: number;
  /** Why they were refused. */
  readonly fault?: FaultCode;
  /** What the buyers were told. */
  readonly told?: readonly Told[];
  /** The version that was loaded, decided on or written. */
  readonly version?: number;
}

export type Observer = (step: Step) => void;

/** Tells of a step of one turn; what a store is handed. */
export type Tell = (name: StepName, detail?: Omit<Step, 'name' | 'turn' | 'at'>) => void;

/** Binds an observer to one turn and its clock. */
export const tellOf =
  (observe: Observer, turn: number): Tell =>
  (name, detail) =>
    observe({ name, turn, at: performance.now(), ...detail });
