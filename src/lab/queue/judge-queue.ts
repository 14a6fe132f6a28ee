import type { VerbRaceResult } from '../../client/races/race.js';
import { count } from '../../timeline/format.js';

export interface QueueResult {
  /** Messages of the queue, numbered from 1. */
  readonly messages: number;
  /** The numbers of those that arrived, in the order of their arrival. */
  readonly received: readonly number[];
  /** Whether a consumer was killed: the message that it was sending may then arrive twice. */
  readonly killed: boolean;
}

/** Judges what arrived of a queue. Pure. */
export function judgeQueue({ messages, received, killed }: QueueResult): VerbRaceResult {
  const different = new Set(received);
  const missing = Array.from({ length: messages }, (_, index) => index + 1).filter(
    (number) => !different.has(number),
  );
  const repeated = [...different].filter(
    (number) => received.indexOf(number) !== received.lastIndexOf(number),
  ).length;
  const rows = [
    ['messages', messages],
    ['received', received.length],
    ['received twice or more', repeated],
    ['never received', missing.length],
  ] as const;
  if (missing.length > 0) {
    const because = `${count(missing.length, 'message')} never arrived: number ${missing[0]} is a gap`;
    return { ruling: 'broken', because, rows };
  }
  if (killed && repeated <= 1) {
    const twice = repeated === 0 ? '' : ', one of them twice: its receiver knows it by its number';
    return { ruling: 'holds', because: `all ${messages} messages arrived${twice}`, rows };
  }
  if (repeated > 0) {
    const because = `${repeated} of ${messages} messages arrived more than once`;
    return { ruling: 'broken', because, rows };
  }
  return { ruling: 'holds', because: `each of the ${messages} messages arrived once`, rows };
}
