import type { EventSales, SalesHistory } from '../booking/store.js';
import { eventOf, soldCount, type TicketState } from '../booking/inventory.js';
import { NumberSet } from './number-set.js';

/** What a tally needs to know of a noted sale. */
export interface CountedSale {
  /** Random per commit: two commits that lost an update to each other share a version, never this. */
  readonly commit: string;
  readonly version: number;
  readonly eventId: string;
  readonly serials: readonly number[];
}

/** Counts noted sales one by one, in memory that grows by a bit per ticket and not by a sale. */
export class Tally {
  readonly #events = new Map<string, { sold: number; serials: NumberSet }>();
  readonly #versions = new NumberSet();
  #commits = 0;
  #lastCommit: string | undefined;
  #skipped = 0;

  /** Counts a sale. The sales of one commit come one after the other. */
  add({ commit, version, eventId, serials }: CountedSale): void {
    if (commit !== this.#lastCommit) {
      this.#commits++;
      this.#versions.add(version);
      this.#lastCommit = commit;
    }
    const event = this.#events.get(eventId) ?? { sold: 0, serials: new NumberSet() };
    this.#events.set(eventId, event);
    event.sold += serials.length;
    for (const serial of serials) event.serials.add(serial);
  }

  /** Counts a line that is no sale. */
  skip(): void {
    this.#skipped++;
  }

  /** What was counted, beside the state that it should have led to. */
  against(state: TicketState, settled: boolean): SalesHistory {
    const events = new Map<string, EventSales>();
    for (const [id, { sold, serials }] of this.#events) {
      const event = eventOf(state, id);
      const withinSoldCount = event === undefined ? 0 : serials.countUpTo(soldCount(event));
      events.set(id, { sold, distinct: serials.size, withinSoldCount });
    }
    return {
      state,
      events,
      commits: this.#commits,
      versions: this.#versions.size,
      skipped: this.#skipped,
      settled,
    };
  }
}
