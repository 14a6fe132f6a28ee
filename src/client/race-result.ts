import type { Ruling } from '../verdict/judge.js';
import type { Answer } from './buyers.js';

/** What a race showed. */
export interface RaceResult {
  readonly ruling: Ruling;
  /** In words, for people. */
  readonly because: string;
  readonly buyers: number;
  /** Tickets that were left before the race, and that are left after it. */
  readonly before: number;
  readonly after: number;
  readonly sold: number;
  readonly refused: number;
  readonly unknown: number;
  /** Different serials among the tickets sold. */
  readonly serials: number;
  /** Serials that more than one buyer was given. */
  readonly soldTwice: number;
  /** The serial that the most buyers were given, where that is more than one. */
  readonly favourite?: { readonly serial: number; readonly buyers: number };
}

/**
 * Judges a race of buyers who wanted one ticket each. Pure.
 *
 * Exact is: as many sold as there were, every serial once, everyone else refused, nothing left. Where
 * nobody was refused or an answer is missing, nothing is proved.
 */
export function judgeRace(before: number, after: number, answers: readonly Answer[]): RaceResult {
  const given = answers.flatMap((answer) => (answer.kind === 'sold' ? answer.serials : []));
  const copies = new Map<number, number>();
  for (const serial of given) copies.set(serial, (copies.get(serial) ?? 0) + 1);
  const soldTwice = [...copies]
    .map(([serial, buyers]) => ({ serial, buyers }))
    .filter(({ buyers }) => buyers > 1)
    .sort((a, b) => b.buyers - a.buyers);
  const facts = {
    buyers: answers.length,
    before,
    after,
    sold: given.length,
    refused: answers.filter(({ kind }) => kind === 'refused').length,
    unknown: answers.filter(({ kind }) => kind === 'unknown').length,
    serials: copies.size,
    soldTwice: soldTwice.length,
    ...(soldTwice[0] === undefined ? {} : { favourite: soldTwice[0] }),
  };
  return { ...facts, ...judgeRun(facts) };
}

type Facts = Omit<RaceResult, 'ruling' | 'because'>;

function judgeRun({ before, after, sold, refused, unknown, soldTwice }: Facts): {
  ruling: Ruling;
  because: string;
} {
  if (sold > before) {
    const because = `${sold} buyers were told "sold", and there were ${before} tickets`;
    return { ruling: 'broken', because };
  }
  if (soldTwice > 0)
    return { ruling: 'broken', because: `${soldTwice} tickets were sold more than once` };
  if (before === 0)
    return { ruling: 'inconclusive', because: 'there was no ticket left to race for' };
  if (unknown > 0) return { ruling: 'inconclusive', because: `${unknown} buyers got no answer` };
  if (sold + after < before) {
    return { ruling: 'inconclusive', because: 'somebody else bought tickets meanwhile' };
  }
  if (sold + after > before) {
    const because = `${sold} were sold of ${before}, and the file says that ${after} are left`;
    return { ruling: 'broken', because };
  }
  if (refused === 0) return { ruling: 'inconclusive', because: 'nobody was refused: more buyers' };
  if (after > 0) {
    return { ruling: 'broken', because: `${refused} were refused, and ${after} tickets are left` };
  }
  return { ruling: 'holds', because: `exactly ${sold} tickets were sold, each of them once` };
}
