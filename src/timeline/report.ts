import type { AnyLockModeName, StoreName } from '../settings.js';
import type { Ruling } from '../verdict/judge.js';

/**
 * The shape of an experiment, from what it is asked for to what it showed. Plain JSON: the command
 * prints it, `POST /lab/runs` answers with it, the page draws it. Nothing here needs a DOM or Node.
 *
 * Times are milliseconds on one axis for all processes of a run, 0 being the moment when the first
 * buyer arrived, with microseconds behind the point. Instants are those at which a process *saw* a
 * step done: a file may have been replaced a little earlier.
 */

/** The stores that an experiment can run on. One in a database needs a server to make its own on. */
export type LabStore = StoreName;

export type LabLockMode = AnyLockModeName;

/** What may be set by hand. What is left out has a default, see `LabCatalogue.defaults`. */
export interface Setting {
  readonly store: LabStore;
  readonly lockMode: LabLockMode;
  /** Most buys sold in one lock turn. `off` with `json` always sells one by one. */
  readonly batchMax: number;
  /** Buyers, each with a connection of its own, all at once. */
  readonly buyers: number;
  /** Tickets that each of them wants. */
  readonly quantity: number;
  /** Tickets that there are. */
  readonly capacity: number;
  /** Processes that sell. */
  readonly workers: number;
  /** Pause between read and write, once per critical section. */
  readonly windowMs: number;
}

/**
 * What happens to the first process that has read and not yet written. `kill`: it ends at once, as
 * by `kill -9`. `stop`: it stands still (SIGSTOP) for longer than a lease lasts, and goes on.
 */
export type InjectedFault = 'kill' | 'stop';

/**
 * What is asked for: a rung (1 to 8) or the name of a scenario, or else a setting by hand. A rung
 * says store, lock mode and batch; a scenario says everything; the rest may be given beside a rung.
 */
export type LabRequest = {
  readonly [Name in keyof Setting]?: Setting[Name] | undefined;
} & {
  readonly rung?: number | undefined;
  readonly scenario?: string | undefined;
};

/**
 * What a process is doing. They follow one another within a turn, but for `holding`, which spans
 * all that is done while the lock is held.
 *
 * - `waiting`: for the lock
 * - `holding`: the lock, or where there is none, the critical section
 * - `reading`: what is left
 * - `pausing`: the race window (left out where there is none)
 * - `stopped`: not doing anything, because the process was stopped
 * - `deciding`
 * - `writing`: replacing the file, appending the line, or committing
 * - `noting`: what buyers are told, in receipts.jsonl (json)
 * - `checking`: whether the appended line counts (ledger)
 * - `syncing`: until the disk confirms it
 */
export type SpanKind =
  | 'waiting'
  | 'holding'
  | 'reading'
  | 'pausing'
  | 'stopped'
  | 'deciding'
  | 'writing'
  | 'noting'
  | 'checking'
  | 'syncing';

export interface Span {
  readonly kind: SpanKind;
  readonly start: number;
  readonly end: number;
  /** The version that was read or written. */
  readonly version?: number;
  /** `reading` and `writing`: tickets left in that version, as far as it can be told. */
  readonly left?: number;
  /** Counted from 1; more than 1 where the attempt before was overtaken. */
  readonly attempt?: number;
  /** On `writing` and `checking`: somebody else's write came first, this one does not count. */
  readonly overtaken?: true;
  /** The process ended, or the recording did, before this was done; `end` is when that was. */
  readonly partialBytes?: true;
}

/** A state as a turn saw it. `left` is missing where it cannot be told. */
export interface Seen {
  readonly at: number;
  readonly version: number;
  /** Tickets left. */
  readonly left?: number;
}

/** One turn at the lock, with the buys that it served. */
export interface Batch {
  /** Unlike any other of the run: `4711:3`. */
  readonly id: string;
  /** Counted per process, from 1. */
  readonly batch: number;
  readonly start: number;
  readonly end: number;
  /** In order of `start`; `holding` comes before what it spans. */
  readonly spans: readonly Span[];
  /** State before: what was read (at the last attempt). */
  readonly read?: Seen;
  /** State after: what was written. Missing where nothing was sold. */
  readonly wrote?: Seen;
  /** Buyers that it answered. */
  readonly buys: number;
  /** The serials that its buyers were told are theirs. */
  readonly serials: readonly number[];
  /** Buyers that were told "sold out". */
  readonly refused: number;
  /** The lock was not granted in time. */
  readonly rejected?: true;
}

/** What befell a process. */
export interface Mark {
  readonly at: number;
  readonly kind: 'stopped' | 'continued' | 'killed' | 'started';
}

/** One process. */
export interface Lane {
  readonly pid: number;
  /** `worker 4711`. */
  readonly name: string;
  /** In order of `start`. Several at once only where no lock makes them wait for each other. */
  readonly batches: readonly Batch[];
  readonly marks: readonly Mark[];
}

/** One side of a lost update. */
export interface LostSide {
  readonly pid: number;
  readonly batchId: string;
  readonly read: Seen;
  /**
   * When it began to read. What it read was there at some time since then, and before `read.at`: a
   * busy process comes to look at it only later, and somebody may have written meanwhile.
   */
  readonly readFrom: number;
  readonly wrote: Seen;
  readonly serials: readonly number[];
}

/**
 * A time that somebody wrote over what somebody else had written, having read before it was there.
 * Two processes, where there is such a pair, else two turns of one; and the first one that is plain
 * to see, where there is one: both had read before either had written.
 */
export interface LostUpdate {
  /** Who wrote first, and whose update is lost. */
  readonly erased: LostSide;
  /** Who wrote last. */
  readonly erasing: LostSide;
  /** Serials that both sold. */
  readonly serials: readonly number[];
}

/** One sentence of the story, which leads to a moment in a lane. */
export interface Sentence {
  readonly text: string;
  readonly at: number;
  readonly pid?: number;
  readonly batchId?: string;
}

/** Percentiles over the lock turns that were granted. */
export interface Waits {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Figures {
  readonly buyers: number;
  readonly capacity: number;
  /** Tickets that buyers were told are theirs. */
  readonly toldSold: number;
  /** Buyers that were told "sold out". */
  readonly toldSoldOut: number;
  /** Buyers without an answer, or with one that does not say. */
  readonly unknown: number;
  /** Tickets that are left, as the file or the database says. */
  readonly left: number;
  /** Tickets sold beyond the capacity. */
  readonly oversold: number;
  /** Tickets whose serial somebody else has too. */
  readonly duplicates: number;
  readonly lostUpdates: number;
  /** Tickets off sale that are nobody's: a process died between two writes. */
  readonly withdrawn: number;
  /** Ledger: lines that did not count, because somebody else's came first. */
  readonly skipped: number;
  /** From the first buyer's arrival to the last answer. */
  readonly seconds: number;
  /** Buyers answered per second. */
  readonly buysPerSecond: number;
  /** Turns at the lock. */
  readonly batches: number;
  /** Missing where there is no lock to wait for. */
  readonly lockWaitMs?: Waits;
  /** Turns that were granted before another one, of another process, that had asked earlier. */
  readonly overtakings: number;
}

export interface LabVerdict {
  readonly ruling: Ruling;
  /** One line for people, without a full stop. */
  readonly because: string;
}

/** A finished run. */
export interface Run {
  /** For people: `rung 1: no lock`. */
  readonly title: string;
  readonly rung?: number;
  readonly scenario?: string;
  readonly setting: Setting;
  readonly disturbance?: InjectedFault;
  /** Where the axis ends; it begins at 0. */
  readonly endMs: number;
  /** In order of their first turn. */
  readonly lanes: readonly Lane[];
  /** Turns that were left out, beyond the bound; those of the story are never. */
  readonly batchesOmitted: number;
  readonly lostUpdate?: LostUpdate;
  readonly story: readonly Sentence[];
  readonly figures: Figures;
  readonly verdict: LabVerdict;
  /** What to type to run it again. */
  readonly command: string;
}

/** How far an experiment has come. */
export interface Progress {
  readonly phase: 'starting' | 'selling' | 'judging';
  /** Which of `runs` runs, from 1: a scenario may have several. */
  readonly run: number;
  readonly runs: number;
  readonly title: string;
}

/**
 * Over HTTP:
 *
 *     POST   /lab/runs {LabRequest}   202 LabStatus and Location; 400; 403; 503 with Retry-After while one runs
 *     GET    /lab/runs/ID             200 LabStatus: ask again while `state` is `running`; 404
 *     DELETE /lab/runs/ID             200 LabStatus: `stopped`, or as it ended; 404
 *     GET    /lab/scenarios           200 LabCatalogue
 *
 * All four want a request of the same origin, or one that is of no page at all. The newest few runs
 * are kept until the office ends.
 */
export interface LabStatus {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  readonly progress: Progress;
  /** Those that are finished; of a rung or a setting by hand there is one. */
  readonly runs: readonly Run[];
  /** Why it failed, for people. */
  readonly failure?: string;
}

/** A rung of the ladder, or a scenario: what can be asked for by name. */
export interface Rung {
  readonly rung: number;
  readonly title: string;
  /** One line for people. */
  readonly shows: string;
  readonly setting: Setting;
  readonly expect: Ruling;
  /** Why it cannot be run here, for people. */
  readonly unavailable?: string;
}

/** A store that may be asked for by hand. */
export interface StoreChoice {
  readonly store: LabStore;
  /** The lock modes that fit it. */
  readonly lockModes: readonly LabLockMode[];
  /** The one that it has unless another is given. */
  readonly lockMode: LabLockMode;
  /** Why it cannot be had here, for people. */
  readonly unavailable?: string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What it teaches, in a sentence or two. */
  readonly teaches: string;
  /** One, or several to compare. */
  readonly runs: readonly ScenarioRun[];
}

export interface ScenarioRun {
  readonly title: string;
  readonly setting: Setting;
  readonly disturbance?: InjectedFault;
  readonly expect: Ruling;
}

export interface LabCatalogue {
  readonly rungs: readonly Rung[];
  readonly scenarios: readonly Scenario[];
  readonly stores: readonly StoreChoice[];
  readonly defaults: Setting;
  /** The most and the least that a setting takes. */
  readonly bounds: Readonly<
    Record<'batchMax' | 'buyers' | 'quantity' | 'capacity' | 'workers' | 'windowMs', Bound>
  >;
}

export interface Bound {
  readonly min: number;
  readonly max: number;
}
