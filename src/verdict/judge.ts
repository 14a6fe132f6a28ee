import { z } from 'zod';
import { eventOf } from '../booking/inventory.js';
import type { EventSales, SalesHistory } from '../booking/store.js';

/** `inconclusive` is never a pass: nothing was sold, or the history changed while it was read. */
export const rulingShape = z.enum(['holds', 'broken', 'inconclusive']);

export const eventVerdictShape = z.object({
  id: z.string(),
  capacity: z.int(),
  sold: z.int().meta({ description: 'Tickets that buyers were told are theirs' }),
  cancelled: z.int().meta({ description: 'Tickets that were put back on sale' }),
  remaining: z.int(),
  oversold: z.int().meta({ description: 'Tickets sold beyond the capacity' }),
  duplicates: z.int().meta({ description: 'Tickets whose serial was sold twice' }),
});

export const verdictShape = z.object({
  verdict: rulingShape,
  version: z.int(),
  events: z.array(eventVerdictShape),
  lostUpdates: z.int().meta({ description: 'Commits whose version another commit overwrote' }),
  withdrawn: z.int().meta({
    description: 'Tickets off sale that no buyer has: a crash came between two writes',
  }),
  skipped: z.int().meta({ description: 'Ledger lines that did not count' }),
  stillOnSale: z.int().meta({ description: 'Tickets that a buyer has and that are still on sale' }),
  violations: z
    .record(z.string(), z.int())
    .optional()
    .meta({ description: 'What else contradicts the rules of a ticket’s life, by kind' }),
  damage: z.string().optional().meta({ description: 'Why the record of the sales is incomplete' }),
});

export type Ruling = z.infer<typeof rulingShape>;
export type EventVerdict = z.infer<typeof eventVerdictShape>;
export type Verdict = z.infer<typeof verdictShape>;

/**
 * The most commits in a row without a record that crashes may explain: each costs one, and a server has at
 * most this many workers. With more, the record lost sales that buyers were told about.
 */
const UNRECORDED_RUN_MAX = 64;

const noSales: EventSales = { sold: 0, distinct: 0, withinSoldCount: 0 };

/**
 * Judges what a store did. Pure.
 *
 * It holds when no ticket was sold twice or beyond the capacity, no update was lost, every sold
 * ticket is off sale, no rule of a ticket's life was broken, and the record is not damaged. Tickets that are off sale without a buyer harm no buyer; they are counted as
 * withdrawn.
 */
export function judge(history: SalesHistory): Verdict {
  const { state, commits, versions, skipped } = history;
  let withdrawn = 0;
  let stillOnSale = 0;
  const events = Object.entries(state.events).map(([id, event]): EventVerdict => {
    const { sold, distinct, withinSoldCount, cancelled = 0 } = history.events.get(id) ?? noSales;
    withdrawn += event.issued - withinSoldCount;
    stillOnSale += distinct - withinSoldCount;
    const { capacity, remaining } = event;
    return {
      id,
      capacity,
      sold,
      cancelled,
      remaining,
      oversold: Math.max(0, sold - cancelled - capacity),
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

  const damage = damageOf(history);
  const { violations = {} } = history;
  const isViolated = Object.keys(violations).length > 0;
  const broken = lostUpdates > 0 || soldTwice || disagrees || isViolated || damage !== undefined;
  const proved = history.settled && commits > 0;
  const verdict = broken ? 'broken' : proved ? 'holds' : 'inconclusive';
  return {
    verdict,
    version: state.version,
    events,
    lostUpdates,
    withdrawn,
    skipped,
    stillOnSale,
    ...(isViolated && { violations }),
    ...(damage !== undefined && { damage }),
  };
}

function damageOf({ damage, settled, unrecordedRun = 0 }: SalesHistory): string | undefined {
  if (damage !== undefined || !settled || unrecordedRun <= UNRECORDED_RUN_MAX) return damage;
  return `${unrecordedRun} commits in a row are not on record`;
}
