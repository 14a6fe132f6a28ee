import { BatchInProgress, type Decision, fits } from './decide.js';
import type { TicketState } from './inventory.js';
import type { Buy, KeyReused, Outcome, Replayed } from './outcomes.js';

/** A sale that was made with an idempotency key. */
export interface KeyedSale<Sale> {
  readonly sale: Sale;
  /** Whether that sale was of what this buy asks for. */
  matches(buy: Buy): boolean;
}

/** Finds the sale that was made with a key before this batch. */
export type FindByKey<Sale> = (key: string) => KeyedSale<Sale> | undefined;

/** An outcome where keys are remembered. */
export type KeyedOutcome<Sale> = Outcome | KeyReused | Replayed<Sale>;

/**
 * Decides a batch like `decide`, and never sells twice with one idempotency key. A repeated buy gets
 * the first sale; the same key with another buy is refused. Of two equal buys in one batch, the
 * second gets the very outcome object of the first. Pure.
 */
export function decideWithKeys<Sale>(
  state: TicketState,
  buys: readonly Buy[],
  findByKey: FindByKey<Sale>,
): Decision<KeyedOutcome<Sale>> {
  const find = ({ key }: Buy) => (key === undefined ? undefined : findByKey(key));
  const sells = buys.some((buy) => fits(state, buy) && find(buy) === undefined);
  const batch = new BatchInProgress(state, sells);
  const soldInBatch = new Map<string, KeyedSale<Outcome>>();

  function sell(buy: Buy): Outcome {
    const outcome = batch.sell(buy);
    if (buy.key !== undefined && outcome.kind === 'sold') {
      soldInBatch.set(buy.key, { sale: outcome, matches: (other) => sameBuy(buy, other) });
    }
    return outcome;
  }

  function decideOne(buy: Buy): KeyedOutcome<Sale> {
    const reused = { kind: 'keyReused', eventId: buy.eventId, version: batch.version } as const;
    const earlier = find(buy);
    if (earlier !== undefined) {
      return earlier.matches(buy) ? { kind: 'replayed', sale: earlier.sale } : reused;
    }
    const inBatch = buy.key === undefined ? undefined : soldInBatch.get(buy.key);
    if (inBatch !== undefined) return inBatch.matches(buy) ? inBatch.sale : reused;
    return sell(buy);
  }

  return batch.decision(buys.map(decideOne));
}

/** Whether two buys ask for the same. */
export const sameBuy = (one: Buy, other: Buy): boolean =>
  one.eventId === other.eventId &&
  one.customer === other.customer &&
  one.quantity === other.quantity;
