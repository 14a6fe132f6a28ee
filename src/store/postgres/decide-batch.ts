import type { Buy } from '../../booking/commands.js';
import type { Decision } from '../../booking/decide.js';
import {
  decideWithKeys,
  type KeyedOutcome,
  type KeyedResult,
  requestOf,
} from '../../booking/idempotency.js';
import { eventOf } from '../../booking/inventory.js';
import type { Order, Sold } from '../../booking/outcomes.js';
import { stateOf, versionOf } from './inventory-rows.js';
import type { InventoryRow } from './sql/reads.js';

export type DatabaseOutcome = KeyedOutcome<Order>;

/** What a batch does to one event. */
export interface EventCommit {
  readonly before: InventoryRow;
  /** Remaining tickets after it. */
  readonly remaining: number;
  /** Each sale once, in the order of their serials. */
  readonly sold: readonly Sold[];
}

export interface BatchDecision {
  /** In the order of the batch. */
  readonly outcomes: readonly DatabaseOutcome[];
  /** One for each event that tickets were sold of. */
  readonly commits: readonly EventCommit[];
  /** The sum of the versions of all events of the batch, after it. */
  readonly version: number;
}

/**
 * Decides a batch event by event. Each event has its own versions, so two events never wait for each
 * other. Buys of one event keep their order. Pure.
 *
 * @param rows the events of the batch as they are in the database; a missing one is unknown
 * @param known by key, the orders that were sold with a key of this batch
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

  function findByKey(key: string): KeyedResult<Order> | undefined {
    const order = known.get(key);
    if (order !== undefined)
      return {
        earlier: order,
        matches: (command) => requestOf(command) === requestOf({ ...order, kind: 'buy' }),
      };
    return keysSold.has(key) ? soldOfAnotherEvent : undefined;
  }

  for (const [eventId, group] of groupByEvent(buys)) {
    const before = rowOf.get(eventId);
    const decision = decideWithKeys(
      stateOf(before === undefined ? [] : [before]),
      group.map(({ buy }) => buy),
      new Date().toISOString(),
      findByKey,
    );
    decision.outcomes.forEach((outcome, index) => {
      outcomes[group[index]?.position ?? 0] = outcome;
    });
    if (!decision.changes || before === undefined) continue;
    const sold = salesIn(decision);
    const remaining = eventOf(decision.after, eventId)?.remaining ?? 0;
    commits.push({ before, remaining, sold });
    for (const { key } of sold) if (key !== undefined) keysSold.add(key);
  }
  return { outcomes, commits, version: versionOf(rows) + commits.length };
}

/** This batch used the key for another event, so no buy of this event matches it. */
const soldOfAnotherEvent: KeyedResult<Order> = {
  get earlier(): Order {
    throw new Error('a sale of another event is never replayed');
  },
  matches: () => false,
};

interface PositionedBuy {
  readonly buy: Buy;
  /** Its position in the batch. */
  readonly position: number;
}

function groupByEvent(buys: readonly Buy[]): Map<string, PositionedBuy[]> {
  const groups = new Map<string, PositionedBuy[]>();
  for (const [position, buy] of buys.entries()) {
    const group = groups.get(buy.eventId);
    if (group === undefined) groups.set(buy.eventId, [{ buy, position }]);
    else group.push({ buy, position });
  }
  return groups;
}

/** Each sale once: two equal buys with one key share one outcome object. */
function salesIn({ outcomes }: Decision<DatabaseOutcome>): Sold[] {
  return [...new Set(outcomes)].filter((outcome): outcome is Sold => outcome.kind === 'sold');
}
