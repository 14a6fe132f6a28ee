import type { FaultCode } from './faults.js';
import type { BuyResult } from './outcomes.js';

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
  readonly batch: number;
  /** When, in milliseconds on this process's monotonic clock. */
  readonly at: number;
  /** The buys that were queued or refused. */
  readonly buys?: number;
  /** Why they were refused. */
  readonly fault?: FaultCode;
  /** What the buyers were told. */
  readonly results?: readonly BuyResult[];
  /** The version that was loaded, decided on or written. */
  readonly version?: number;
}

export type StepListener = (step: Step) => void;

/** Tells of a step of one turn; what a store is handed. */
export type EmitStep = (name: StepName, detail?: Omit<Step, 'name' | 'batch' | 'at'>) => void;

/** Binds an observer to one turn and its clock. */
export const stepEmitter =
  (onStep: StepListener, batch: number): EmitStep =>
  (name, detail) =>
    onStep({ name, batch, at: performance.now(), ...detail });
