import { eventOf, type TicketState } from '../booking/inventory.js';
import type { EventSales, SalesHistory } from '../booking/store.js';
import { BitSet } from './bit-set.js';

/** What a tally needs to know about a recorded sale. */
export interface CountedSale {
  /** Random per commit: two commits that lost an update to each other share a version, never this. */
  readonly commit: string;
  readonly version: number;
  readonly eventId: string;
  readonly serials: readonly number[];
}

/** Counts recorded sales one by one. Memory grows by a bit per ticket, not by an object per sale. */
export class Tally {
  readonly #events = new Map<string, { sold: number; serials: BitSet }>();
  readonly #versions = new BitSet();
  #newest = 0;
  #commits = 0;
  #lastCommit: string | undefined;
  #skipped = 0;

  /** Counts a sale. The sales of one commit must be added one after another. */
  add({ commit, version, eventId, serials }: CountedSale): void {
    if (commit !== this.#lastCommit) {
      this.#commits++;
      this.#versions.add(version);
      this.#newest = Math.max(this.#newest, version);
      this.#lastCommit = commit;
    }
    const event = this.#events.get(eventId) ?? { sold: 0, serials: new BitSet() };
    this.#events.set(eventId, event);
    event.sold += serials.length;
    for (const serial of serials) event.serials.add(serial);
  }

  /** Counts a line that does not count as a sale. */
  skip(): void {
    this.#skipped++;
  }

  /**
   * The newest version, and the longest run of versions up to `version` that no commit has. Only where
   * all events share their versions.
   */
  versionsUpTo(version: number): Required<Pick<SalesHistory, 'newest' | 'unrecordedRun'>> {
    return { newest: this.#newest, unrecordedRun: this.#versions.longestGapUpTo(version) };
  }

  /**
   * The counts, together with the state that the counted sales should have led to.
   *
   * @param settled whether the files stayed unchanged while they were read
   */
  toHistory(state: TicketState, settled: boolean): SalesHistory {
    const events = new Map<string, EventSales>();
    for (const [id, { sold, serials }] of this.#events) {
      const event = eventOf(state, id);
      const withinSoldCount = event === undefined ? 0 : serials.countUpTo(event.issued);
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
