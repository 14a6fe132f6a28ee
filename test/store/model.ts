import { decide } from '../../src/booking/decide.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy } from '../../src/booking/commands.js';
import type { Outcome } from '../../src/booking/outcomes.js';

/** The reference model: the pure core, applied to one batch after the other. */
export class Model {
  /** Parts of the state that count their versions separately. */
  readonly #partitions: TicketState[];

  /** @param perEvent whether each event counts its own versions; otherwise all events share one count */
  constructor(events: TicketState['events'], perEvent: boolean) {
    const partitions = perEvent
      ? Object.entries(events).map(([id, event]) => ({ [id]: event }))
      : [events];
    this.#partitions = partitions.map((each) => ({ version: 0, events: each }));
  }

  get state(): TicketState {
    return {
      version: this.#partitions.reduce((sum, { version }) => sum + version, 0),
      events: Object.assign({}, ...this.#partitions.map(({ events }) => events)),
    };
  }

  sell(buys: readonly Buy[]): Outcome[] {
    const empty: TicketState = { version: 0, events: {} };
    const outcomes: Outcome[] = [];
    const partitionOf = ({ eventId }: Buy) =>
      this.#partitions.length === 1
        ? 0
        : this.#partitions.findIndex(({ events }) => Object.hasOwn(events, eventId));
    for (const partition of new Set(buys.map(partitionOf))) {
      const indexes = buys.flatMap((buy, index) => (partitionOf(buy) === partition ? [index] : []));
      const group = indexes.map((index) => buys[index] as Buy);
      const decision = decide(this.#partitions[partition] ?? empty, group);
      if (partition >= 0) this.#partitions[partition] = decision.after;
      indexes.forEach((index, position) => {
        outcomes[index] = decision.outcomes[position] as Outcome;
      });
    }
    return outcomes;
  }
}
