import type { RaceVerb } from './report.js';

/** What processes race for that consume a queue. */
export const queueVerbs = ['deliver', 'claim'] as const;
export type QueueVerb = (typeof queueVerbs)[number];

/** What processes race for that need two locks. */
export const locksVerbs = ['oppositeLocks', 'sortedLocks', 'sameLock'] as const;
export type LocksVerb = (typeof locksVerbs)[number];

/** Whether the processes of a run consume a queue. */
export const isQueueVerb = (verb: RaceVerb | undefined): verb is QueueVerb =>
  queueVerbs.some((each) => each === verb);

/** Whether the processes of a run need two locks. */
export const isLocksVerb = (verb: RaceVerb | undefined): verb is LocksVerb =>
  locksVerbs.some((each) => each === verb);

/** Whether the processes of a run are the workers of a server, and its clients race. */
export const isServed = (
  verb: RaceVerb | undefined,
): verb is Exclude<RaceVerb, QueueVerb | LocksVerb> | undefined =>
  !isQueueVerb(verb) && !isLocksVerb(verb);
