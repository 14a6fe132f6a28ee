import { eventOf, soldCount } from '../booking/inventory.js';
import type { EventSales, SalesHistory } from '../booking/store.js';

/** `inconclusive` is never a pass: nothing was sold, or the files changed while they were read. */
export type Ruling = 'holds' | 'broken' | 'inconclusive';

/** The counts of one event. */
export interface EventVerdict {
  readonly id: string;
  readonly capacity: number;
  /** Tickets confirmed to buyers. */
  readonly sold: number;
  readonly remaining: number;
  /** Tickets sold beyond the capacity. */
  readonly oversold: number;
  /** Tickets whose serial was sold before. */
  readonly duplicates: number;
}

export interface Verdict {
  readonly verdict: Ruling;
  readonly version: number;
  readonly events: readonly EventVerdict[];
  /** Commits that share their version with another commit: the last write erased the other. */
  readonly lostUpdates: number;
  /** Tickets that are off sale without a buyer: a process crashed between two writes. */
  readonly withdrawn: number;
  /** Lines that did not count. */
  readonly skipped: number;
  /** Tickets that were sold and are still on sale. */
  readonly stillOnSale: number;
}

const noSales: EventSales = { sold: 0, distinct: 0, withinSoldCount: 0 };

/**
 * Judges what a store did. Pure.
 *
 * It holds when no ticket was sold twice or beyond the capacity, no update was lost, and every sold
 * ticket is off sale. Tickets that are off sale without a buyer harm no buyer; they are counted as
 * withdrawn.
 */
export function judge(history: SalesHistory): Verdict {
  const { state, commits, versions, skipped } = history;
  let withdrawn = 0;
  let stillOnSale = 0;
  const events = Object.entries(state.events).map(([id, event]): EventVerdict => {
    const { sold, distinct, withinSoldCount } = history.events.get(id) ?? noSales;
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
  // The receipts alone prove these two. Whether the state agrees is certain only once both are settled.
  const soldTwice = events.some(({ oversold, duplicates }) => oversold > 0 || duplicates > 0);
  for (const [id, { sold }] of history.events) {
    if (eventOf(state, id) === undefined) stillOnSale += sold; // the event does not exist
  }
  const disagrees = history.settled && stillOnSale > 0;

  const broken = lostUpdates > 0 || soldTwice || disagrees;
  const proved = history.settled && commits > 0;
  const verdict = broken ? 'broken' : proved ? 'holds' : 'inconclusive';
  return { verdict, version: state.version, events, lostUpdates, withdrawn, skipped, stillOnSale };
}
