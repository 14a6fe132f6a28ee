import type { EventSales, SalesHistory } from '../booking/store.js';
import { eventOf, soldCount } from '../booking/inventory.js';

/** `inconclusive` is never a pass: nothing was sold, or the evidence would not stand still. */
export type Ruling = 'holds' | 'broken' | 'inconclusive';

/** What became of one event. */
export interface EventVerdict {
  readonly id: string;
  readonly capacity: number;
  /** Tickets that buyers were told are theirs. */
  readonly sold: number;
  readonly remaining: number;
  /** Tickets sold beyond the capacity. */
  readonly oversold: number;
  /** Tickets whose serial somebody else has too. */
  readonly duplicates: number;
}

export interface Verdict {
  readonly verdict: Ruling;
  readonly version: number;
  readonly events: readonly EventVerdict[];
  /** Commits whose version another commit made again: the one that wrote last erased the other. */
  readonly lostUpdates: number;
  /** Tickets that are off sale but nobody's: a crash came between the two files. */
  readonly withdrawn: number;
  /** Lines that did not count. */
  readonly skipped: number;
  /** Tickets that somebody has and that are on sale all the same. */
  readonly stillOnSale: number;
}

const nothing: EventSales = { sold: 0, distinct: 0, withinSoldCount: 0 };

/**
 * Judges what a store did. Pure.
 *
 * It holds when no ticket was sold twice or beyond the capacity, no update was lost, and every
 * ticket that somebody has is off sale. Tickets that are off sale but nobody's wrong nobody; they
 * are counted as withdrawn.
 */
export function judge(history: SalesHistory): Verdict {
  const { state, commits, versions, skipped } = history;
  let withdrawn = 0;
  let stillOnSale = 0;
  const events = Object.entries(state.events).map(([id, event]): EventVerdict => {
    const { sold, distinct, withinSoldCount } = history.events.get(id) ?? nothing;
    withdrawn += soldCount(event) - withinSoldCount;
    stillOnSale += distinct - withinSoldCount;
    const { capacity, remaining } = event;
    return {
      id,
      capacity,
      sold,
      remaining,
      oversold: Math.max(0, sold - capacity),
      duplicates: sold - distinct,
    };
  });

  const lostUpdates = commits - versions;
  // These two the receipts show by themselves; that the state agrees shows only when both stand still.
  const soldWrong = events.some(({ oversold, duplicates }) => oversold > 0 || duplicates > 0);
  for (const [id, { sold }] of history.events) {
    if (eventOf(state, id) === undefined) stillOnSale += sold; // of an event that is not there
  }
  const disagrees = history.settled && stillOnSale > 0;

  const broken = lostUpdates > 0 || soldWrong || disagrees;
  const proved = history.settled && commits > 0;
  const verdict = broken ? 'broken' : proved ? 'holds' : 'inconclusive';
  return { verdict, version: state.version, events, lostUpdates, withdrawn, skipped, stillOnSale };
}
