import type { Command } from '../../booking/commands.js';
import { Fault } from '../../booking/faults.js';
import {
  decideWithKeys,
  type KeyedOutcome,
  type KeyedRequest,
  type KeyedResult,
  requestOf,
} from '../../booking/idempotency.js';
import type { Admitted, Held, Order, Result, Sold } from '../../booking/outcomes.js';
import type {
  ChainLine,
  EndedHold,
  OrdersPage,
  OrdersQuery,
  Sale,
  SalesHistory,
  Snapshot,
  Store,
  Ticket,
} from '../../booking/store.js';
import { OncePerRound } from '../shared/once-per-round.js';
import type { Counted, Head } from './chain.js';
import type { LedgerHistory } from './history.js';
import type { Ledger } from './ledger.js';
import type { Commit } from './ledger-line.js';
import { isSale, isWritten, type SoldOp, toAdmitted, toHeld, toOps, toOrder } from './ops.js';
import type { OrderIds } from './order-ids.js';
import type { RecentCommits } from './recent-commits.js';
import type { OpAt } from './recent-ops.js';
import type { Records } from './records.js';

export interface LedgerStoreOptions {
  readonly ledger: Ledger;
  /** The same ledger, traced: what a sale does with it. */
  readonly selling: Pick<Ledger, 'catchUp' | 'append'>;
  readonly ids: OrderIds;
  readonly history: Pick<LedgerHistory, 'read'>;
  readonly recentCommits: Pick<RecentCommits, 'read'>;
  readonly records: Pick<Records, 'findEndedHold' | 'findTicket' | 'orders'>;
  readonly durable: boolean;
  readonly pause: () => Promise<void>;
  /** How long an overtaken batch is retried. */
  readonly lockTimeoutMs: number;
}

type Outcomes = readonly KeyedOutcome<OpAt>[];

/** What was decided on the state at `head`. */
interface Decided {
  readonly outcomes: Outcomes;
  readonly changed: boolean;
  /** The line to append. */
  readonly line: Pick<Commit, 'at' | 'ops'>;
  readonly head: Head;
  /** By outcome: the results that keys replay. */
  readonly replays: ReadonlyMap<Outcomes[number], Result>;
}

/**
 * Sells by appending to `ledger.jsonl`, one line per commit. A line counts if it extends the chain, so
 * of two writers that decided on the same state, the second sold nothing. It learns this by reading
 * back, lock or no lock, and tries again. The lock only saves wasted attempts.
 */
export class LedgerStore implements Store {
  readonly remembersKeys = true;
  readonly #options: LedgerStoreOptions;
  readonly #ledger: Ledger;
  readonly #search = new OncePerRound(() => this.#readState());

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
        const decided = await this.#decide(commands);
        if (!decided.changed) {
          const results = this.#toResults(decided);
          return { results, durable: this.#synced(decided.head.end, appended) };
        }
        appended = true; // also if the append fails: it may have written a part
        const counted = await selling.append(decided.line, decided.head);
        if (counted !== undefined) {
          const results = this.#toResults(decided, counted);
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

  search(): Promise<Snapshot> {
    return this.#search.run();
  }

  async #readState(): Promise<Snapshot> {
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
    const op = line.commit.ops[named.sale.index];
    return op && isSale(op) ? this.#toOrder(op, line.commit, named.sale) : undefined;
  }

  findEndedHold(holdId: string): Promise<EndedHold | undefined> {
    return this.#query((records) => records.findEndedHold(holdId));
  }

  findTicket(eventId: string, serial: number): Promise<Ticket | undefined> {
    return this.#query((records) => records.findTicket(eventId, serial));
  }

  orders(query: OrdersQuery): Promise<OrdersPage> {
    return this.#query((records) => records.orders(query));
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
  async #decide(commands: readonly Command[]): Promise<Decided> {
    const { selling, pause } = this.#options;
    await selling.catchUp();
    await pause();
    const { head, holdsByTime } = this.#ledger;
    const state = { ...this.#ledger.state, holdsByTime };
    const now = new Date().toISOString();
    const decision = decideWithKeys(state, commands, now, (key) => this.#findByKey(key));
    const { outcomes, changed, at } = decision;
    const line = { at, ops: changed ? toOps(outcomes, holdsByTime.due(at)) : [] };
    // Before the append: if this read failed afterwards, a sale would have no answer.
    return { outcomes, changed, line, head, replays: await this.#findReplays(outcomes) };
  }

  /** Reads what other writers appended, and answers a question about it. */
  async #query<T>(question: (records: LedgerStoreOptions['records']) => Promise<T>): Promise<T> {
    await this.#ledger.catchUp();
    const { end } = this.#ledger.head;
    const answer = await question(this.#options.records);
    await this.#synced(end);
    return answer;
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

  #findByKey(key: string): KeyedResult<OpAt> | undefined {
    const found = this.#ledger.findByKey(key);
    if (found === undefined) return undefined;
    const matches = (request: KeyedRequest) => requestOf(request) === found.request;
    return { earlier: found.op, matches };
  }

  /** The results that keys replay, as they were first answered. */
  async #findReplays(outcomes: Outcomes): Promise<Decided['replays']> {
    const replays = outcomes.filter((outcome) => outcome.kind === 'replayed');
    const found = replays.map(async (outcome) => {
      const line = await this.#ledger.commitAt(outcome.earlier.offset);
      const result = line && this.#recorded(line.commit, outcome.earlier);
      if (result === undefined) throw new Error(`nothing at byte ${outcome.earlier.offset}`);
      return [outcome, result] as const;
    });
    return new Map(await Promise.all(found));
  }

  /** The results of a batch. What its line records is read from there, as by everyone who finds it later. */
  #toResults({ outcomes, replays, line }: Decided, counted?: Counted): Result[] {
    let index = line.ops[0]?.op === 'expire' ? 1 : 0;
    return outcomes.map((outcome) => {
      if (outcome.kind === 'replayed') return replays.get(outcome) ?? noResult();
      if (!isWritten(outcome)) return outcome;
      if (counted === undefined) return noResult();
      const at = { offset: counted.offset, index: index++ };
      return this.#recorded(counted.commit, at) ?? (outcome as Exclude<typeof outcome, Sold>);
    });
  }

  /** The result of a command that can have a key, from the line that records it. */
  #recorded(commit: Commit, at: OpAt): Order | Held | Admitted | undefined {
    const op = commit.ops[at.index];
    if (op === undefined) return undefined;
    if (isSale(op)) return this.#toOrder(op, commit, at);
    if (op.op === 'hold') return toHeld(op, commit);
    return op.op === 'admit' ? toAdmitted(op, commit) : undefined;
  }

  #toOrder(op: SoldOp, commit: Commit, at: OpAt): Order {
    return toOrder(op, commit, this.#options.ids.make(at, commit));
  }
}

/** Without a result, no client may get an answer. */
function noResult(): never {
  throw new Error('a command has no result');
}
