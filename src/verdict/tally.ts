import { eventOf, type TicketState } from '../booking/inventory.js';
import type { EventSales, SalesHistory } from '../booking/store.js';
import { BitSet } from './bit-set.js';
import { Lifecycle } from './lifecycle.js';

/** What a tally needs to know about a recorded sale. */
export interface CountedSale {
  /** Random per commit: two commits that lost an update to each other share a version, never this. */
  readonly commit: string;
  readonly version: number;
  readonly eventId: string;
  readonly serials: readonly number[];
  /** Of a sale that confirmed a hold: the hold, and the time of the commit. */
  readonly holdId?: string | undefined;
  readonly at?: string;
}

/** A commit, as a line of a record names it. */
export type CountedCommit = Pick<CountedSale, 'commit' | 'version'>;

/**
 * Counts what is on record, line by line. Memory grows by a bit per ticket and by an object per hold,
 * not by an object per sale.
 */
export class Tally {
  /** Holds, cancellations, admissions and edits; their commits are counted with `addCommit`. */
  readonly lifecycle = new Lifecycle();
  readonly #events = new Map<string, { sold: number; serials: BitSet }>();
  readonly #versions = new BitSet();
  #newest = 0;
  #commits = 0;
  #lastCommit: string | undefined;
  #skipped = 0;

  /** Counts a sale. The sales of one commit must be added one after another. */
  add({ eventId, serials, holdId, at = '', ...commit }: CountedSale): void {
    this.addCommit(commit);
    if (holdId !== undefined) this.lifecycle.confirm(holdId, at);
    const event = this.#events.get(eventId) ?? { sold: 0, serials: new BitSet() };
    this.#events.set(eventId, event);
    event.sold += serials.length;
    for (const serial of serials) event.serials.add(serial);
  }

  /** Counts a commit once; its lines must come one after another. */
  addCommit({ commit, version }: CountedCommit): void {
    if (commit === this.#lastCommit) return;
    this.#commits++;
    this.#versions.add(version);
    this.#newest = Math.max(this.#newest, version);
    this.#lastCommit = commit;
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
   * The counts, together with the state that what was counted should have led to.
   *
   * @param settled whether the files stayed unchanged while they were read
   */
  toHistory(state: TicketState, settled: boolean): SalesHistory {
    const events = new Map<string, EventSales>();
    for (const [id, { sold, serials }] of this.#events) {
      const event = eventOf(state, id);
      const withinSoldCount = event === undefined ? 0 : serials.countUpTo(event.issued);
      const cancelled = this.lifecycle.cancelledOf(id);
      events.set(id, { sold, distinct: serials.size, withinSoldCount, cancelled });
    }
    return {
      state,
      events,
      commits: this.#commits,
      versions: this.#versions.size,
      skipped: this.#skipped,
      settled,
      violations: this.lifecycle.violations(state, settled),
    };
  }
}
