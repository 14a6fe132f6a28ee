import { eventOf, serialsFrom, type TicketEvent, type TicketState } from './inventory.js';
import type { Buy, Outcome } from './outcomes.js';

/** The outcomes of a batch, in its order, and the state after it. */
export interface Decision<Result = Outcome> {
  readonly outcomes: readonly Result[];
  /** Whether anything was sold. */
  readonly sells: boolean;
  /** The version of the commit or, if nothing was sold, of the state the batch was decided on. */
  readonly version: number;
  /** The state after the batch; the same object that came in if nothing was sold. */
  readonly after: TicketState;
}

/**
 * Decides a batch of buys one after the other, as if each had come alone. Pure: no clock, no
 * randomness, no I/O, and `state` is not changed.
 *
 * A batch that sells is one commit, and every outcome in it carries the commit's version, also a
 * refusal. A batch that sells nothing commits nothing.
 */
export function decide(state: TicketState, buys: readonly Buy[]): Decision {
  // The first buy that fits the incoming state is sold for certain: none was sold before it.
  const batch = new BatchInProgress(
    state,
    buys.some((buy) => fits(state, buy)),
  );
  return batch.decision(buys.map((buy) => batch.sell(buy)));
}

/** Whether enough tickets of an event remain for a buy. */
export function fits(state: TicketState, { eventId, quantity }: Buy): boolean {
  const event = eventOf(state, eventId);
  return event !== undefined && quantity <= event.remaining;
}

/** A state, and what the buys of one batch have taken from it so far. */
export class BatchInProgress {
  readonly version: number;
  readonly #state: TicketState;
  readonly #sells: boolean;
  /** Remaining tickets of the events that were sold from. */
  readonly #remaining = new Map<string, number>();

  /** @param sells whether any buy of the batch will be sold: each outcome carries the version */
  constructor(state: TicketState, sells: boolean) {
    this.#state = state;
    this.#sells = sells;
    this.version = sells ? state.version + 1 : state.version;
  }

  /** Sells all tickets of a buy, or none. */
  sell(buy: Buy): Outcome {
    const { eventId, customer, quantity, key } = buy;
    const { version } = this;
    const event = eventOf(this.#state, eventId);
    if (event === undefined) return { kind: 'unknownEvent', eventId, version };
    const available = this.#remaining.get(eventId) ?? event.remaining;
    if (quantity > available) {
      return { kind: 'soldOut', eventId, requested: quantity, remaining: available, version };
    }
    const serials = serialsFrom(event.capacity - available + 1, quantity);
    const remaining = available - quantity;
    this.#remaining.set(eventId, remaining);
    const sold = { eventId, customer, quantity, serials, remaining, version };
    return key === undefined ? { kind: 'sold', ...sold } : { kind: 'sold', ...sold, key };
  }

  decision<Result>(outcomes: readonly Result[]): Decision<Result> {
    const after = () => this.#after();
    return {
      outcomes,
      sells: this.#sells,
      version: this.version,
      // Computed on demand: copying ten thousand events costs more than deciding, and some stores never ask.
      get after() {
        return after();
      },
    };
  }

  #after(): TicketState {
    if (!this.#sells) return this.#state;
    const events = { ...this.#state.events };
    for (const [id, remaining] of this.#remaining) {
      events[id] = { ...(events[id] as TicketEvent), remaining };
    }
    return { version: this.version, events };
  }
}
