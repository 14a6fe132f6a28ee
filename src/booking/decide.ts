import { eventOf, serialsFrom, type TicketEvent, type TicketState } from './inventory.js';
import type { Buy, Outcome, Remembered, Replayed } from './outcomes.js';

/** The outcomes of a batch, in its order, and the state that they lead to. */
export interface Decision<Result> {
  readonly outcomes: readonly Result[];
  /** The version that they were decided on or, if something was sold, that the commit makes. */
  readonly version: number;
  /** Whether anything was sold. */
  readonly sells: boolean;
  /** The state after them; the very one that came in, if nothing was sold. */
  readonly after: TicketState;
}

/** Looks up a key among the sales that came before this batch. */
export type Recall<Sale> = (key: string) => Remembered<Sale> | undefined;

/**
 * Decides a batch of buys one after the other, as if each had come alone. Pure: no clock, no
 * randomness, no I/O, and `state` is not changed.
 *
 * A batch that sells is one commit: every outcome in it, a refusal too, carries the version that
 * the commit makes. A batch that sells nothing commits nothing and answers from `state`.
 *
 * With `recall`, a key that sold before is not sold again: the same buy is answered with that sale,
 * another one is refused. The second of one key in a batch gets the very outcome of the first.
 */
export function decide(state: TicketState, buys: readonly Buy[]): Decision<Outcome>;
export function decide<Sale>(
  state: TicketState,
  buys: readonly Buy[],
  recall: Recall<Sale>,
): Decision<Outcome | Replayed<Sale>>;
export function decide<Sale>(
  state: TicketState,
  buys: readonly Buy[],
  recall?: Recall<Sale>,
): Decision<Outcome | Replayed<Sale>> {
  const recalled = (key: string | undefined) => (key === undefined ? undefined : recall?.(key));
  // The first new buy that fits the state as it came in is sold for certain: nothing was sold before it.
  const sells = buys.some(({ eventId, quantity, key }) => {
    const event = eventOf(state, eventId);
    return event !== undefined && quantity <= event.remaining && recalled(key) === undefined;
  });
  const version = sells ? state.version + 1 : state.version;
  const leftOf = new Map<string, number>(); // of the events that were sold from
  const soldHere = new Map<string, Remembered<Outcome>>();

  function outcomeOf(buy: Buy): Outcome | Replayed<Sale> {
    const earlier = recalled(buy.key);
    if (earlier !== undefined) {
      return earlier.isOf(buy)
        ? { kind: 'replayed', sale: earlier.sale }
        : { kind: 'keyReused', eventId: buy.eventId, version };
    }
    const here = buy.key === undefined ? undefined : soldHere.get(buy.key);
    if (here !== undefined) {
      return here.isOf(buy) ? here.sale : { kind: 'keyReused', eventId: buy.eventId, version };
    }

    const outcome = sell(buy);
    if (buy.key !== undefined && outcome.kind === 'sold') {
      soldHere.set(buy.key, { sale: outcome, isOf: (other) => sameBuy(buy, other) });
    }
    return outcome;
  }

  function sell(buy: Buy): Outcome {
    const { eventId, customer, quantity, key } = buy;
    const event = eventOf(state, eventId);
    if (event === undefined) return { kind: 'unknownEvent', eventId, version };
    const left = leftOf.get(eventId) ?? event.remaining;
    if (quantity > left) {
      return { kind: 'soldOut', eventId, requested: quantity, remaining: left, version };
    }
    const serials = serialsFrom(event.capacity - left + 1, quantity);
    const remaining = left - quantity;
    leftOf.set(eventId, remaining);
    const sold = {
      kind: 'sold',
      eventId,
      customer,
      quantity,
      serials,
      remaining,
      version,
    } as const;
    return key === undefined ? sold : { ...sold, key };
  }

  return {
    outcomes: buys.map(outcomeOf),
    version,
    sells,
    // Made only for who asks: with many events it is the larger part of the work.
    get after() {
      if (!sells) return state;
      const events = { ...state.events };
      for (const [id, remaining] of leftOf) {
        events[id] = { ...(eventOf(state, id) as TicketEvent), remaining };
      }
      return { version, events };
    },
  };
}

/** Whether two buys ask for the same. */
export const sameBuy = (one: Buy, other: Buy): boolean =>
  one.eventId === other.eventId &&
  one.customer === other.customer &&
  one.quantity === other.quantity;
