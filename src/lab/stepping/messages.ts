import type { Command } from '../../booking/commands.js';
import type { StoreName } from '../../settings.js';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { SteppedAction, SteppedStatus } from '../../timeline/stepped-run.js';

/** The steps of a critical section, each of which a process is held before. */
export type StepName = 'lock' | 'read' | 'decide' | 'write' | 'check' | 'tell' | 'sell' | 'unlock';

/** What a process of a stepped run does: the argument of its program, as JSON. */
export interface SellerTask {
  readonly folder: string;
  /** What it does; only a level with several locks has more than one command. */
  readonly commands: readonly Command[];
  /** Its clock, in ISO 8601; missing: the time that it is. */
  readonly now?: string;
  readonly store: StoreName;
  readonly lockMode: string;
  /** When a lease counts as stale, in milliseconds. */
  readonly staleMs: number;
  /** The locks that it acquires, in this order; missing: the lock of the store. */
  readonly locks?: readonly string[];
}

/** From a process to its run. */
export type SellerMessage =
  | { readonly type: 'held'; readonly next: string; readonly believes?: string }
  | { readonly type: 'waiting'; readonly lock: string }
  | { readonly type: 'acquired'; readonly lock: string }
  | { readonly type: 'released'; readonly lock: string }
  | { readonly type: 'done'; readonly believes: string };

/** From the run to a process that is held: make one step. */
export type SellerCommand = { readonly type: 'go' };

/** A question about a stepped run. */
export type RunQuestion =
  | { readonly verb: 'look' | 'end' }
  | { readonly verb: 'step'; readonly pid: number; readonly action: SteppedAction };

/** `impossible`: the process cannot do that now. */
export type RunReply =
  | { readonly kind: 'status'; readonly status: SteppedStatus }
  | { readonly kind: 'impossible' | 'invalid'; readonly why: string };

/** The argument of the process of a stepped run, as JSON. */
export interface RunnerArgs {
  readonly id: string;
  readonly request: LabRequest;
  /** After this long without a step, the run ends. */
  readonly idleMs?: number;
}

/** From a server or a command to the process of its stepped run. */
export interface RunnerQuestion {
  readonly number: number;
  readonly question: RunQuestion;
}

/** From the process of a stepped run. A `status` without a question: it has started, or ended by itself. */
export type RunnerMessage =
  | { readonly type: 'reply'; readonly number: number; readonly reply: RunReply }
  | { readonly type: 'status'; readonly status: SteppedStatus }
  | { readonly type: 'failed'; readonly why: string };
