import { z } from 'zod';
import { allLockModeNames, storeNames } from '../settings.js';
import { rulingShape as ruling } from '../verdict/judge.js';
import type { Immutable } from './setting.js';

/**
 * The shape of a stepped run: real processes, each held before every step of its critical section until
 * the learner lets it go on. `/lab/runs` answers with it.
 */

/** How many processes a stepped run may have, and how many tickets. */
export const steppedBounds = { processes: 2, capacity: { min: 1, max: 100 } } as const;

/** The variants of a level that has several settings. */
export const levelVariant = z.enum(['sorted', 'twice']);
export type LevelVariant = z.infer<typeof levelVariant>;

/** What a learner may do to a process. `step` lets it make one step. */
export const steppedAction = z.enum(['step', 'stop', 'continue', 'kill']);
export type SteppedAction = z.infer<typeof steppedAction>;

export const stepRequest = z.strictObject({
  pid: z.int().min(1),
  action: steppedAction.optional().meta({
    description:
      '`step` by default. `stop` pauses the process (SIGSTOP), `continue` resumes it, `kill` ends it (SIGKILL)',
  }),
});
export type StepRequest = Immutable<z.infer<typeof stepRequest>>;

const steppedProcess = z.object({
  pid: z.int(),
  name: z.string().meta({ description: '`A`, `B`' }),
  state: z.enum(['held', 'running', 'waiting', 'stopped', 'killed', 'done']).meta({
    description:
      '`held` before its next step, `waiting` for a lock, `stopped` by SIGSTOP; `killed` and `done` have ended',
  }),
  next: z.string().exactOptional().meta({
    description:
      'The step that it makes next: `lock`, `read`, `decide`, `write`, `tell`, `unlock`; with two locks `lock east`, `sell`',
  }),
  waitingFor: z.string().exactOptional().meta({ description: 'The lock that it waits for' }),
  locks: z.array(z.string()).exactOptional().meta({
    description: 'The locks that it acquires, in this order; in levels with several',
  }),
  holds: z
    .array(z.string())
    .meta({ description: 'The locks that it acquired and believes it has' }),
  believes: z.string().exactOptional().meta({ description: 'What it read or decided last' }),
});
export type SteppedProcess = Immutable<z.infer<typeof steppedProcess>>;

const file = z.object({
  name: z.string(),
  text: z.string().meta({ description: 'Its content now; the end of it, if it is long' }),
  remaining: z.int().meta({ description: 'Tickets left, according to the file' }),
});

export const steppedStatus = z.object({
  id: z.string(),
  state: z.enum(['starting', 'running', 'done', 'stopped', 'failed']).meta({
    description:
      '`done`: every process has ended; `stopped`: the learner gave up, or made no step for long',
  }),
  title: z.string(),
  level: z.int().exactOptional(),
  variant: levelVariant.exactOptional(),
  setting: z.object({
    store: z.enum(storeNames),
    lockMode: z.enum(allLockModeNames),
    capacity: z.int().meta({ description: 'Tickets for sale, of each event' }),
  }),
  actions: z
    .array(steppedAction)
    .meta({ description: 'What may be done to its processes: some levels take only `step`' }),
  processes: z.array(steppedProcess),
  file: file.exactOptional(),
  toldSold: z.int().meta({ description: 'Tickets that buyers were told are theirs' }),
  goal: z.object({ text: z.string(), reached: z.boolean() }),
  verdict: z.object({
    ruling,
    because: z.string().meta({ description: 'One line, without a full stop' }),
  }),
  lesson: z.string().exactOptional().meta({
    description: 'What the level teaches, or why it cannot be won; once it is won or has ended',
  }),
  solution: z.string().exactOptional().meta({
    description: 'Steps that reach the goal; once the run has ended without them',
  }),
  failure: z.string().exactOptional().meta({ description: 'Why it failed' }),
});

/** How far a stepped run has come. */
export type SteppedStatus = Immutable<z.infer<typeof steppedStatus>>;

/** A level of the lab: a goal that the verdict decides. */
export const levelShape = z.object({
  level: z.int(),
  variant: levelVariant.exactOptional().meta({ description: 'Which of several settings' }),
  title: z.string(),
  goal: z.string(),
  store: z.enum(storeNames),
  lockMode: z.enum(allLockModeNames),
});
export type LevelSummary = Immutable<z.infer<typeof levelShape>>;
