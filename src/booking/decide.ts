import { eventOf, gone, type TicketEvent, type TicketState } from './events.js';
import type { Buy, Outcome } from './outcomes.js';

/** The outcomes of a batch, in its order, and the state that they lead to. */
export interface Decision {
  readonly outcomes: readonly Outcome[];
  /** The very state that came in, if nothing was sold. */
  readonly after: TicketState;
}

/**
 * Decides a batch of buys one after the other, as if each had come alone. Pure: no clock, no
 * randomness, no I/O, and `state` is not changed.
 *
 * A batch that sells is one commit: every outcome in it, a refusal too, carries the version that
 * the commit makes. A batch that sells nothing commits nothing and answers from `state`.
 */
export function decide(state: TicketState, buys: readonly Buy[]): Decision {
  // The first buy that fits the state as it came in is sold for certain: nothing was sold before it.
  const sells = buys.some(({ eventId, quantity }) => {
    const event = eventOf(state, eventId);
    return event !== undefined && quantity <= event.remaining;
  });
  const version = sells ? state.version + 1 : state.version;

  const changed = new Map<string, TicketEvent>();
  const outcomes = buys.map((buy): Outcome => {
    const { eventId, quantity } = buy;
    const event = changed.get(eventId) ?? eventOf(state, eventId);
    if (event === undefined) return { kind: 'unknownEvent', eventId, version };
    if (quantity > event.remaining) {
      return { kind: 'soldOut', eventId, requested: quantity, remaining: event.remaining, version };
    }
    const first = gone(event) + 1;
    const serials = Array.from({ length: quantity }, (_, index) => first + index);
    const remaining = event.remaining - quantity;
    changed.set(eventId, { ...event, remaining });
    return { kind: 'sold', ...buy, serials, remaining, version };
  });

  if (!sells) return { outcomes, after: state };
  return {
    outcomes,
    after: { version, events: { ...state.events, ...Object.fromEntries(changed) } },
  };
}
