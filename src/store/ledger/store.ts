import type { Command } from '../../booking/commands.js';
import type { Decision } from '../../booking/decide.js';
import { Fault } from '../../booking/faults.js';
import {
  decideWithKeys,
  type KeyedOutcome,
  type KeyedRequest,
  type KeyedResult,
  requestOf,
} from '../../booking/idempotency.js';
import type { Order, Outcome, Replayed, Result, Sold } from '../../booking/outcomes.js';
import { serialsFrom } from '../../booking/serial-ranges.js';
import type { ChainLine, Sale, SalesHistory, Snapshot, Store } from '../../booking/store.js';
import type { Counted, Head } from './chain.js';
import type { LedgerHistory } from './history.js';
import type { SaleAt } from './idempotency-keys.js';
import type { Ledger } from './ledger.js';
import type { Commit, Op } from './ledger-line.js';
import type { OrderIds } from './order-ids.js';
import type { RecentCommits } from './recent-commits.js';

export interface LedgerStoreOptions {
  readonly ledger: Ledger;
  /** The same ledger, traced: what a sale does with it. */
  readonly selling: Pick<Ledger, 'catchUp' | 'append'>;
  readonly ids: OrderIds;
  readonly history: Pick<LedgerHistory, 'read'>;
  readonly recentCommits: Pick<RecentCommits, 'read'>;
  readonly durable: boolean;
  readonly pause: () => Promise<void>;
  /** How long an overtaken batch is retried. */
  readonly lockTimeoutMs: number;
}

type LedgerDecision = Decision<KeyedOutcome<SaleAt>>;

/** Orders by their outcomes. */
type Orders = ReadonlyMap<Outcome | Replayed<SaleAt>, Order>;

/**
 * Sells by appending to `ledger.jsonl`, one line per commit. A line counts if it extends the chain, so
 * of two writers that decided on the same state, the second sold nothing. It learns this by reading
 * back, lock or no lock, and tries again. The lock only saves wasted attempts.
 */
export class LedgerStore implements Store {
  readonly remembersKeys = true;
  readonly #options: LedgerStoreOptions;
  readonly #ledger: Ledger;

  constructor(options: LedgerStoreOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
  }

  async sell(commands: readonly Command[]): Promise<Sale> {
    const { selling, durable, lockTimeoutMs } = this.#options;
    const deadline = performance.now() + lockTimeoutMs;
    let appended = false; // a line of this batch may be in the file, and must stay skipped
    try {
      do {
        const { decision, replays, head } = await this.#decide(commands);
        if (!decision.changes) {
          const results = toResults(decision, replays);
          return { results, durable: this.#synced(head.end, appended) };
        }
        appended = true; // also if the append fails: it may have written a part
        const counted = await selling.append(salesIn(decision).map(toOp), head);
        if (counted !== undefined) {
          const results = toResults(decision, replays, this.#toOrders(decision, counted));
          return { results, durable: this.#synced(counted.head.end) };
        }
      } while (performance.now() <= deadline);
      throw new Fault('LOCK_TIMEOUT', `other writers were first for ${lockTimeoutMs} ms`);
    } catch (error) {
      // Before a buyer is told that nothing was sold, the skipped line must be durable as skipped.
      if (appended && durable) await this.#ledger.syncAll();
      throw error;
    }
  }

  async search(): Promise<Snapshot> {
    await this.#ledger.catchUp();
    this.#ledger.checkName();
    const { state, head } = this.#ledger;
    return { state, tag: head.hash };
  }

  async find(orderId: string): Promise<Order | undefined> {
    const named = this.#options.ids.read(orderId);
    const line = named && (await this.#ledger.commitAt(named.sale.offset));
    if (named === undefined || line === undefined || !named.isIn(line.commit)) {
      this.#ledger.checkName(); // the order may have been cut off
      return undefined;
    }
    await this.#synced(line.end);
    return this.#toOrder(line.commit, named.sale);
  }

  async history(): Promise<SalesHistory> {
    this.#ledger.checkName(); // of a file that was cut, the reading would report less
    const history = await this.#options.history.read();
    this.#ledger.checkName();
    return history;
  }

  async recentCommits(): Promise<readonly ChainLine[]> {
    const lines = await this.#options.recentCommits.read();
    this.#ledger.checkName();
    return lines;
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }

  /** Reads what other writers appended, and decides. The append must extend `head`. */
  async #decide(
    commands: readonly Command[],
  ): Promise<{ decision: LedgerDecision; replays: Orders; head: Head }> {
    const { selling, pause } = this.#options;
    await selling.catchUp();
    await pause();
    const { state, head } = this.#ledger;
    const decision = decideWithKeys(state, commands, new Date().toISOString(), (key) =>
      this.#findByKey(key),
    );
    // Before the append: if this read failed afterwards, a sale would have no answer.
    return { decision, replays: await this.#findReplays(decision), head };
  }

  /**
   * Every answer waits for a sync that covers what it was decided on: the line that sold, or the state
   * that refused. A line that a key replays is before that. The name is checked after the sync: another
   * file may have got it meanwhile.
   *
   * @param all also skipped lines behind `end`
   */
  async #synced(end: number, all = false): Promise<void> {
    if (this.#options.durable) await (all ? this.#ledger.syncAll() : this.#ledger.syncUpTo(end));
    this.#ledger.checkName();
  }

  #findByKey(key: string): KeyedResult<SaleAt> | undefined {
    const found = this.#ledger.findByKey(key);
    if (found === undefined) return undefined;
    const matches = (request: KeyedRequest) => requestOf(request) === found.bodyHash;
    return { earlier: found.sale, matches };
  }

  /** The orders that keys replay, as they were first answered. */
  async #findReplays({ outcomes }: LedgerDecision): Promise<Orders> {
    const replays = outcomes.filter((outcome) => outcome.kind === 'replayed');
    const found = replays.map(async (outcome) => {
      const line = await this.#ledger.commitAt(outcome.earlier.offset);
      const order = line && this.#toOrder(line.commit, outcome.earlier);
      if (order === undefined) throw new Error(`no sale at byte ${outcome.earlier.offset}`);
      return [outcome, order] as const;
    });
    return new Map(await Promise.all(found));
  }

  #toOrders(decision: LedgerDecision, { commit, offset }: Counted): Orders {
    const orders = new Map<Sold, Order>();
    for (const [index, sold] of salesIn(decision).entries()) {
      const order = this.#toOrder(commit, { offset, index });
      if (order !== undefined) orders.set(sold, order);
    }
    return orders;
  }

  /** The order of a counted line: the same whether it was just sold or is looked up later. */
  #toOrder(commit: Commit, sale: SaleAt): Order | undefined {
    const op = commit.ops[sale.index];
    if (op === undefined) return undefined;
    const { event: eventId, customer, quantity, first, left: remaining } = op;
    const serials = serialsFrom(first, quantity);
    const orderId = this.#options.ids.make(sale, commit);
    const version = commit.seq;
    return { kind: 'sold', orderId, eventId, customer, quantity, serials, remaining, version };
  }
}

/** The sales of a batch, each once: two equal buys with one key share one outcome object. */
function salesIn({ outcomes }: Pick<LedgerDecision, 'outcomes'>): Sold[] {
  return [...new Set(outcomes)].filter((outcome): outcome is Sold => outcome.kind === 'sold');
}

function toResults({ outcomes }: LedgerDecision, ...found: readonly Orders[]): Result[] {
  return outcomes.map((outcome) => {
    if (outcome.kind !== 'sold' && outcome.kind !== 'replayed') return outcome;
    const order = found.map((orders) => orders.get(outcome)).find((each) => each !== undefined);
    if (order === undefined) throw new Error('a sale has no order'); // its buyer must not get an answer
    return order;
  });
}

function toOp({ eventId, customer, quantity, serials, remaining, key }: Sold): Op {
  const [first = 0] = serials;
  const op = { event: eventId, customer, quantity, first, left: remaining };
  return key === undefined ? op : { ...op, key };
}
