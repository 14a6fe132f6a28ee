import type { RaceVerb } from './report.js';

/** What processes race for that consume a queue. */
export type QueueVerb = Extract<RaceVerb, 'deliver' | 'claim'>;

/** What processes race for that need two locks. */
export type LocksVerb = Extract<RaceVerb, 'oppositeLocks' | 'sortedLocks' | 'sameLock'>;

export const isQueueVerb = (verb: RaceVerb | undefined): verb is QueueVerb =>
  verb === 'deliver' || verb === 'claim';

export const isLocksVerb = (verb: RaceVerb | undefined): verb is LocksVerb =>
  verb === 'oppositeLocks' || verb === 'sortedLocks' || verb === 'sameLock';

/** Whether the processes of a run are the workers of a server, and its clients race. */
export const isServed = (
  verb: RaceVerb | undefined,
): verb is Exclude<RaceVerb, QueueVerb | LocksVerb> | undefined =>
  !isQueueVerb(verb) && !isLocksVerb(verb);
