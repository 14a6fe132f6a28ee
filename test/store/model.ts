import { decide } from '../../src/booking/decide.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy, Outcome } from '../../src/booking/outcomes.js';

/** What the pure core makes of one batch after the other. */
export class Model {
  /** States with a version of their own. */
  readonly #dependencies: TicketState[];

  /** @param perEvent whether every event has a version of its own; else there is one for all */
  constructor(events: TicketState['events'], perEvent: boolean) {
    const dependencies = perEvent
      ? Object.entries(events).map(([id, event]) => ({ [id]: event }))
      : [events];
    this.#dependencies = dependencies.map((each) => ({ version: 0, events: each }));
  }

  get state(): TicketState {
    return {
      version: this.#dependencies.reduce((sum, { version }) => sum + version, 0),
      events: Object.assign({}, ...this.#dependencies.map(({ events }) => events)),
    };
  }

  sell(buys: readonly Buy[]): Outcome[] {
    const nowhere: TicketState = { version: 0, events: {} };
    const outcomes: Outcome[] = [];
    const partOf = ({ eventId }: Buy) =>
      this.#dependencies.length === 1
        ? 0
        : this.#dependencies.findIndex(({ events }) => Object.hasOwn(events, eventId));
    for (const part of new Set(buys.map(partOf))) {
      const places = buys.flatMap((buy, place) => (partOf(buy) === part ? [place] : []));
      const mine = places.map((place) => buys[place] as Buy);
      const decision = decide(this.#dependencies[part] ?? nowhere, mine);
      if (part >= 0) this.#dependencies[part] = decision.after;
      places.forEach((place, index) => {
        outcomes[place] = decision.outcomes[index] as Outcome;
      });
    }
    return outcomes;
  }
}
