import type { RaceVerb } from './report.js';

/** What processes race for that consume a queue and sell nothing. */
export type QueueVerb = Extract<RaceVerb, 'deliver' | 'claim'>;

export const isQueueVerb = (verb: RaceVerb | undefined): verb is QueueVerb =>
  verb === 'deliver' || verb === 'claim';
