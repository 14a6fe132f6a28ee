import { type Decision, decide, sameBuy } from '../../booking/decide.js';
import { eventOf } from '../../booking/inventory.js';
import type { Buy, Order, Outcome, Remembered, Replayed, Sold } from '../../booking/outcomes.js';
import { stateOf, versionOf } from './inventory-rows.js';
import type { InventoryRow } from './sql/inventory.js';

export type DatabaseOutcome = Outcome | Replayed<Order>;

/** What a batch does to one event. */
export interface EventCommit {
  readonly before: InventoryRow;
  /** Tickets left after it. */
  readonly remaining: number;
  /** Each sale once, in the order of their serials. */
  readonly sold: readonly Sold[];
}

export interface BatchDecision {
  /** In the order of the batch. */
  readonly outcomes: readonly DatabaseOutcome[];
  /** One for each event that something is sold of. */
  readonly commits: readonly EventCommit[];
  /** The commits of all events of the batch, with these. */
  readonly version: number;
}

/**
 * Decides a batch event by event: each has versions of its own, so that two events never wait for
 * each other. Buys of one event keep their order. Pure.
 *
 * @param rows the events of the batch, as they are in the database; one that is missing is unknown
 * @param known the orders that were sold with a key of this batch, by key
 */
export function decideBatch(
  rows: readonly InventoryRow[],
  buys: readonly Buy[],
  known: ReadonlyMap<string, Order>,
): BatchDecision {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const outcomes: DatabaseOutcome[] = [];
  const commits: EventCommit[] = [];
  const keysSold = new Set<string>();

  function recall(key: string): Remembered<Order> | undefined {
    const order = known.get(key);
    if (order !== undefined) return { sale: order, isOf: (buy) => sameBuy(order, buy) };
    return keysSold.has(key) ? ofAnotherEvent : undefined;
  }

  for (const [eventId, mine] of byEvent(buys)) {
    const before = rowOf.get(eventId);
    const decision = decide(
      stateOf(before === undefined ? [] : [before]),
      mine.map(({ buy }) => buy),
      recall,
    );
    decision.outcomes.forEach((outcome, index) => {
      outcomes[mine[index]?.place ?? 0] = outcome;
    });
    if (!decision.sells || before === undefined) continue;
    const sold = salesOf(decision);
    const remaining = eventOf(decision.after, eventId)?.remaining ?? 0;
    commits.push({ before, remaining, sold });
    for (const { key } of sold) if (key !== undefined) keysSold.add(key);
  }
  return { outcomes, commits, version: versionOf(rows) + commits.length };
}

/** The key was sold in this very batch, but of another event; so it is reused, whatever was asked. */
const ofAnotherEvent: Remembered<Order> = {
  get sale(): Order {
    throw new Error('a sale of another event is nobody’s replay');
  },
  isOf: () => false,
};

interface Placed {
  readonly buy: Buy;
  /** Its place in the batch. */
  readonly place: number;
}

function byEvent(buys: readonly Buy[]): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const [place, buy] of buys.entries()) {
    const group = groups.get(buy.eventId);
    if (group === undefined) groups.set(buy.eventId, [{ buy, place }]);
    else group.push({ buy, place });
  }
  return groups;
}

/** Each sale once: the second of one key in a batch has the very outcome of the first. */
function salesOf({ outcomes }: Decision<DatabaseOutcome>): Sold[] {
  return [...new Set(outcomes)].filter((outcome): outcome is Sold => outcome.kind === 'sold');
}
