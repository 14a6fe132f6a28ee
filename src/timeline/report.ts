import { z } from 'zod';
import { rulingShape as ruling } from '../verdict/judge.js';
import { type Immutable, settingShape } from './setting.js';
import { locksVerbs, queueVerbs } from './verbs.js';

/**
 * The shape of a run. The lab prints it as JSON, `/lab/runs`
 * answers with it, and the page draws it. The page imports only types from here.
 *
 * Times are milliseconds, with microseconds behind the point, on one axis for all processes of a run.
 * 0 is the moment when the first buyer arrived. A step is stamped when its process observes that it is
 * done: a file may have been replaced slightly earlier.
 */

const time = z.number().meta({ description: 'Milliseconds on the axis of the run' });
export const verbShape = z.enum([
  'hold',
  'confirm',
  'cancel',
  'admit',
  'edit',
  ...queueVerbs,
  ...locksVerbs,
]);

/**
 * What the clients of a run race for, if they do not buy. `deliver` and `claim` are races of processes that
 * consume a queue: one sends a message and then moves the cursor, the other moves it first. The verbs of
 * locks are races of processes that need two of them: in opposite order, in one order, and one lock twice.
 */
export type RaceVerb = z.infer<typeof verbShape>;

export const faultShape = z.enum(['kill', 'stop']);

/**
 * The fault injected into the first process that has read and not yet written. `kill` ends it, as
 * `kill -9` does. `stop` pauses it (SIGSTOP) for longer than a lease lasts, then resumes it.
 */
export type InjectedFault = z.infer<typeof faultShape>;

const spanKind = z.enum([
  'waiting',
  'holding',
  'reading',
  'pausing',
  'stopped',
  'deciding',
  'sending',
  'writing',
  'recording',
  'checking',
  'syncing',
]);

/**
 * What a process is doing. The spans of a batch follow one another, except for `holding`, which covers
 * everything done under the lock.
 *
 * - `waiting`: for the lock
 * - `holding`: the lock or, without one, the critical section
 * - `reading`: the remaining tickets
 * - `pausing`: the race window; missing if there is none
 * - `stopped`: nothing, because the process was stopped
 * - `deciding`: which buys can be sold
 * - `sending`: a message of a queue, until its receiver has answered
 * - `writing`: replacing the file, appending the line, or committing
 * - `recording`: the results, in receipts.jsonl (json store)
 * - `checking`: whether the appended line counts (ledger store)
 * - `syncing`: until the disk confirms the write
 */
export type SpanKind = z.infer<typeof spanKind>;

const version = z.int();
const remaining = z.int().meta({ description: 'Tickets left' });
const serials = z.array(z.int());

const span = z.object({
  kind: spanKind,
  start: time,
  end: time,
  version: version.exactOptional().meta({ description: 'The version that was read or written' }),
  remaining: remaining
    .exactOptional()
    .meta({ description: 'Tickets left in that version, where it is known' }),
  attempt: z
    .int()
    .exactOptional()
    .meta({ description: 'From 1; more where another write came first' }),
  overtaken: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'Another write came first: this one does not count' }),
  unfinished: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'The process or the recording ended first' }),
});
export type Span = Immutable<z.infer<typeof span>>;

const observedState = z.object({ at: time, version, remaining: remaining.exactOptional() });

/** The state that a batch read or wrote. `remaining` is missing where it is not known. */
export type ObservedState = Immutable<z.infer<typeof observedState>>;

const batch = z.object({
  id: z.string().meta({ description: 'Unique within the run: `4711:3`' }),
  number: z.int().meta({ description: 'Counted per process, from 1' }),
  start: time,
  end: time,
  spans: z
    .array(span)
    .meta({ description: 'In order of their start; `holding` precedes what it covers' }),
  read: observedState
    .exactOptional()
    .meta({ description: 'State before: what the last attempt read' }),
  wrote: observedState
    .exactOptional()
    .meta({ description: 'State after; missing where nothing was sold' }),
  buys: z.int().meta({ description: 'Buyers that it answered' }),
  serials: serials.meta({ description: 'Serials that its buyers were told are theirs' }),
  refused: z.int().meta({ description: 'Buyers that were told "sold out"' }),
  rejected: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'The lock was not acquired in time' }),
});

/** One lock acquisition, or one critical section without a lock, with the buys that it served. */
export type Batch = Immutable<z.infer<typeof batch>>;

const mark = z.object({ at: time, kind: z.enum(['stopped', 'continued', 'killed', 'started']) });

/** What happened to a process. */
export type Mark = Immutable<z.infer<typeof mark>>;

const lane = z.object({
  pid: z.int(),
  name: z
    .string()
    .meta({ description: 'A letter: `A`. A and B are the processes of the highlight' }),
  batches: z
    .array(batch)
    .meta({ description: 'In order of their start; they overlap only without a lock' }),
  marks: z.array(mark),
});

/** One process. */
export type Lane = Immutable<z.infer<typeof lane>>;

const lostSide = z.object({
  pid: z.int(),
  batchId: z.string(),
  read: observedState,
  readFrom: time.meta({
    description:
      'When the read began. What was read was current at some time between this and read.at',
  }),
  wrote: observedState,
  serials,
});

/** One of the two batches of a lost update. */
export type LostSide = Immutable<z.infer<typeof lostSide>>;

const lostUpdate = z.object({
  erased: lostSide.meta({ description: 'Wrote first; its update is lost' }),
  erasing: lostSide.meta({ description: 'Wrote last' }),
  serials: serials.meta({ description: 'Serials that both sold' }),
});

/**
 * A batch overwrote what another batch had written after the first one's read. The report contains the
 * clearest one: of two processes if possible, and with both reads before both writes if possible.
 */
export type LostUpdate = Immutable<z.infer<typeof lostUpdate>>;

const highlight = z.object({
  kind: z.enum(['lostUpdate', 'overtaken', 'recovery', 'deadlock', 'handover']),
  first: z
    .string()
    .meta({ description: 'The id of the batch that wrote, or held the lock, first' }),
  second: z.string().meta({ description: 'The id of the other batch' }),
});

/**
 * The two batches that explain a run. The story, the timeline and the tables are about them.
 *
 * - `lostUpdate`: the second erased what the first had written
 * - `overtaken`: the first wrote the version that the second wanted to write, so that one did not count
 * - `recovery`: the first was killed or stopped while it held the lock; the second came next
 * - `deadlock`: each waited for a lock that the other one held
 * - `handover`: the second read what the first had written, as it should
 */
export type Highlight = Immutable<z.infer<typeof highlight>>;

const sentence = z.object({
  text: z.string(),
  at: time,
  pid: z.int().exactOptional(),
  batchId: z.string().exactOptional(),
  cause: z.literal(true).exactOptional().meta({ description: 'It says why, not what happened' }),
});

/** One sentence of the story, and the moment in a lane that it is about. */
export type Sentence = Immutable<z.infer<typeof sentence>>;

const waitPercentiles = z.object({ p50: z.number(), p99: z.number(), max: z.number() });

/** How long the batches that acquired the lock had waited for it, in milliseconds. */
export type WaitPercentiles = Immutable<z.infer<typeof waitPercentiles>>;

const figures = z.object({
  buyers: z.int(),
  capacity: z.int(),
  toldSold: z.int().meta({ description: 'Tickets that buyers were told are theirs' }),
  toldSoldOut: z.int().meta({ description: 'Buyers that were told "sold out"' }),
  unknown: z.int().meta({ description: 'Buyers without a definite answer' }),
  remaining: z.int().meta({ description: 'Tickets left according to the file or the database' }),
  oversold: z.int().meta({ description: 'Tickets sold beyond the capacity' }),
  duplicates: z.int().meta({ description: 'Tickets whose serial another buyer has too' }),
  lostUpdates: z.int(),
  withdrawn: z.int().meta({
    description: 'Tickets neither for sale nor sold: a process died between two writes',
  }),
  skipped: z.int().meta({ description: 'Ledger lines that did not count' }),
  seconds: z.number().meta({ description: "From the first buyer's arrival to the last answer" }),
  buysPerSecond: z.number().meta({ description: 'Buyers answered per second' }),
  batches: z.int(),
  lockWaitMs: waitPercentiles.exactOptional().meta({ description: 'Missing without a lock' }),
  overtakings: z.int().meta({
    description: 'Batches that acquired the lock before one of another process that waited longer',
  }),
});
export type Figures = Immutable<z.infer<typeof figures>>;

const verdict = z.object({
  ruling,
  because: z.string().meta({ description: 'One line, without a full stop' }),
});
export type LabVerdict = Immutable<z.infer<typeof verdict>>;

export const runShape = z.object({
  title: z.string().meta({ description: '`rung 1: no lock`' }),
  rung: z.int().exactOptional(),
  scenario: z.string().exactOptional(),
  setting: settingShape,
  disturbance: faultShape.exactOptional().meta({ description: 'The fault that was injected' }),
  verb: verbShape
    .exactOptional()
    .meta({ description: 'What the clients raced for; missing: to buy' }),
  answers: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .exactOptional()
    .meta({ description: 'What clients of another verb than buy were told, counted' }),
  endMs: z.number().meta({ description: 'Where the axis ends; it begins at 0' }),
  lanes: z.array(lane).meta({ description: 'One per process: A, B, and so on' }),
  batchesOmitted: z.int().meta({
    description: 'Batches left out because there were too many; those of the story never are',
  }),
  lostUpdate: lostUpdate.exactOptional(),
  highlight: highlight.exactOptional().meta({ description: 'Missing if only one process sold' }),
  story: z.array(sentence).meta({ description: 'What happened, in words' }),
  figures,
  verdict,
  command: z.string().meta({ description: 'The command that runs it again' }),
});

/** A finished run. */
export type Run = Immutable<z.infer<typeof runShape>>;
