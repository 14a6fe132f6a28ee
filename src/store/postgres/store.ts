import { createHash } from 'node:crypto';
import type { Command } from '../../booking/commands.js';
import type { Order, Result } from '../../booking/outcomes.js';
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
import { CoalescedRun } from '../shared/coalesced-run.js';
import { type BatchDecision, decideBatch } from './decide-batch.js';
import { FullState, inSnapshot } from './full-state.js';
import { readHistory } from './history.js';
import type { AttemptResult, ConcurrencyMode } from './modes/concurrency-mode.js';
import { readBatch } from './read-batch.js';
import { readRecentCommits } from './recent-commits.js';
import { findEndedHold, findOrder, findTicket, positionOf, readOrders } from './records.js';
import { withRetries } from './retry.js';
import type { Session, SessionPool } from './session.js';

export interface PostgresStoreOptions {
  readonly mode: ConcurrencyMode;
  /** The connections of sales, and those of other reads: a read must never delay a sale. */
  readonly sales: SessionPool;
  readonly reads: SessionPool;
  readonly pause: () => Promise<void>;
  /** How long an overtaken batch is retried. */
  readonly lockTimeoutMs: number;
}

/** How long a read is retried. */
const READ_RETRY_MS = 1_000;

/** A commit is durable when PostgreSQL has answered. */
const alreadyDurable = Promise.resolve();

/**
 * Sells from PostgreSQL tables that any number of machines share. A batch is one transaction: read its
 * events, decide with the same pure code as every store, write, commit. The concurrency mode keeps
 * batches apart.
 *
 * Each event has its own versions, so that two events never wait for each other. A search or a verdict,
 * which is about all events, reports the sum.
 */
export class PostgresStore implements Store {
  readonly remembersKeys: boolean;
  readonly #options: PostgresStoreOptions;
  readonly #fullState: FullState;
  readonly #search = new CoalescedRun(() => this.#read((session) => this.#searchAll(session)));
  readonly #history = new CoalescedRun(() =>
    this.#read((session) => inSnapshot(session, () => readHistory(session))),
  );
  readonly #recentCommits = new CoalescedRun(() => this.#read(readRecentCommits));

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    // Without a lock, two buys with one key could both sell before either finds the other.
    this.remembersKeys = options.mode.exclusive;
    this.#fullState = new FullState(options.mode.exclusive);
  }

  async sell(commands: readonly Command[]): Promise<Sale> {
    const { mode, sales, lockTimeoutMs } = this.#options;
    const decide = (session: Pick<Session, 'rows'>, inventory: string) =>
      this.#decide(session, inventory, commands);
    const result = await withRetries(
      () => mode.attempt({ sessions: sales, decide }),
      lockTimeoutMs,
    );
    return { results: toResults(result), durable: alreadyDurable };
  }

  search(): Promise<Snapshot> {
    return this.#search.run();
  }

  find(orderId: string): Promise<Order | undefined> {
    return this.#read((session) => findOrder(session, orderId));
  }

  findEndedHold(holdId: string): Promise<EndedHold | undefined> {
    return this.#read((session) => findEndedHold(session, holdId));
  }

  findTicket(eventId: string, serial: number): Promise<Ticket | undefined> {
    return this.#read((session) => findTicket(session, eventId, serial));
  }

  async orders(query: OrdersQuery): Promise<OrdersPage> {
    const position = positionOf(query.after);
    return this.#read((session) => readOrders(session, query, position));
  }

  history(): Promise<SalesHistory> {
    return this.#history.run();
  }

  recentCommits(): Promise<readonly ChainLine[]> {
    return this.#recentCommits.run();
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.sales.close(), this.#options.reads.close()]);
  }

  #read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return withRetries(() => this.#options.reads.use(work), READ_RETRY_MS);
  }

  async #decide(
    session: Pick<Session, 'rows'>,
    inventory: string,
    commands: readonly Command[],
  ): Promise<BatchDecision> {
    const { mode, pause } = this.#options;
    const input = await readBatch(session, commands, inventory, mode.exclusive);
    await pause();
    return decideBatch(input, commands);
  }

  async #searchAll(session: Session): Promise<Snapshot> {
    const { state, rows } = await this.#fullState.read(session);
    const hash = createHash('sha256');
    for (const { head, remaining } of rows) hash.update(`${head} ${remaining} `);
    return { state, tag: hash.digest('base64url').slice(0, 22) };
  }
}

function toResults({ decision, writes }: AttemptResult): Result[] {
  return decision.outcomes.map((outcome) => {
    if (outcome.kind === 'replayed') return outcome.earlier;
    if (outcome.kind !== 'sold') return outcome;
    const order = writes.orderOf.get(outcome);
    if (order === undefined) throw new Error('a sale has no order'); // its buyer must not get an answer
    return order;
  });
}
