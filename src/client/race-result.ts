import type { Ruling } from '../verdict/judge.js';
import type { BuyerResult } from './buyers.js';

/** The result of a race. */
export interface RaceResult {
  readonly ruling: Ruling;
  /** Why, in one line for people. */
  readonly because: string;
  readonly buyers: number;
  /** Tickets remaining before and after the race. */
  readonly before: number;
  readonly after: number;
  readonly sold: number;
  readonly refused: number;
  readonly unknown: number;
  /** Different serials among the tickets sold. */
  readonly serials: number;
  /** How many serials more than one buyer got. */
  readonly soldTwice: number;
  /** The serial that the most buyers got, if that is more than one. */
  readonly favourite?: { readonly serial: number; readonly buyers: number };
}

/**
 * Judges a race of buyers who wanted one ticket each. Pure.
 *
 * It holds if every remaining ticket was sold exactly once and every other buyer was refused. If no
 * buyer was refused, or an answer is missing, nothing is proved.
 */
export function judgeRace(
  before: number,
  after: number,
  results: readonly BuyerResult[],
): RaceResult {
  const sold = results.flatMap((result) => (result.kind === 'sold' ? result.serials : []));
  const buyersBySerial = new Map<number, number>();
  for (const serial of sold) buyersBySerial.set(serial, (buyersBySerial.get(serial) ?? 0) + 1);
  const soldTwice = [...buyersBySerial]
    .map(([serial, buyers]) => ({ serial, buyers }))
    .filter(({ buyers }) => buyers > 1)
    .sort((a, b) => b.buyers - a.buyers);
  const counts = {
    buyers: results.length,
    before,
    after,
    sold: sold.length,
    refused: results.filter(({ kind }) => kind === 'refused').length,
    unknown: results.filter(({ kind }) => kind === 'unknown').length,
    serials: buyersBySerial.size,
    soldTwice: soldTwice.length,
    ...(soldTwice[0] === undefined ? {} : { favourite: soldTwice[0] }),
  };
  return { ...counts, ...ruleOn(counts) };
}

type Counts = Omit<RaceResult, 'ruling' | 'because'>;

function ruleOn({ before, after, sold, refused, unknown, soldTwice }: Counts): {
  ruling: Ruling;
  because: string;
} {
  if (sold > before) {
    const because = `${sold} buyers were told "sold", and there were ${before} tickets`;
    return { ruling: 'broken', because };
  }
  if (soldTwice > 0) {
    return { ruling: 'broken', because: `${soldTwice} tickets were sold more than once` };
  }
  if (before === 0) {
    return { ruling: 'inconclusive', because: 'there were no tickets left to race for' };
  }
  if (unknown > 0) return { ruling: 'inconclusive', because: `${unknown} buyers got no answer` };
  if (sold + after < before) {
    return { ruling: 'inconclusive', because: 'other clients bought tickets during the race' };
  }
  if (sold + after > before) {
    const because = `${sold} of ${before} tickets were sold, but ${after} are left`;
    return { ruling: 'broken', because };
  }
  if (refused === 0) {
    return { ruling: 'inconclusive', because: 'no buyer was refused: try more buyers' };
  }
  if (after > 0) {
    const because = `${refused} buyers were refused, but ${after} tickets are left`;
    return { ruling: 'broken', because };
  }
  return { ruling: 'holds', because: `exactly ${sold} tickets were sold, each of them once` };
}
