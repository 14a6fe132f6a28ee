import { createHash } from 'node:crypto';
import type { Buy, Command } from '../../booking/commands.js';
import type { Order, Result } from '../../booking/outcomes.js';
import type { ChainLine, Sale, SalesHistory, Snapshot, Store } from '../../booking/store.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { hashOfKey } from './batch-rows.js';
import { type BatchDecision, decideBatch } from './decide-batch.js';
import { readHistory } from './history.js';
import { stateOf } from './inventory-rows.js';
import type { AttemptResult, ConcurrencyMode } from './modes/concurrency-mode.js';
import { parseOrderId, toOrder } from './order-ids.js';
import { readRecentCommits } from './recent-commits.js';
import { withRetries } from './retry.js';
import type { Session, SessionPool } from './session.js';
import {
  type InventoryRow,
  type OrderRow,
  selectAllInventory,
  selectOrder,
  selectOrdersByKey,
} from './sql/reads.js';

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
  readonly #search = new CoalescedRun(() => this.#read(searchAll));
  readonly #history = new CoalescedRun(() => this.#read(readHistory));
  readonly #recentCommits = new CoalescedRun(() => this.#read(readRecentCommits));

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    // Without a lock, two buys with one key could both sell before either finds the other.
    this.remembersKeys = options.mode.exclusive;
  }

  async sell(commands: readonly Command[]): Promise<Sale> {
    const { mode, sales, lockTimeoutMs } = this.#options;
    const decide = (session: Pick<Session, 'rows'>, inventory: string) =>
      this.#decide(session, inventory, commands as readonly Buy[]);
    const result = await withRetries(
      () => mode.attempt({ sessions: sales, decide }),
      lockTimeoutMs,
    );
    return { results: toResults(result), durable: alreadyDurable };
  }

  search(): Promise<Snapshot> {
    return this.#search.run();
  }

  async find(orderId: string): Promise<Order | undefined> {
    const key = parseOrderId(orderId);
    if (key === undefined) return undefined;
    return this.#read(async (session) => {
      const values = [key.event, key.first, key.token];
      const [found] = await session.rows<OrderRow>(selectOrder, values);
      return found && toOrder(found);
    });
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
    buys: readonly Buy[],
  ): Promise<BatchDecision> {
    // No event id contains character 0, which PostgreSQL rejects in a text.
    const ids = new Set(buys.map(({ eventId }) => eventId).filter((id) => !id.includes('\0')));
    const rows = await session.rows<InventoryRow>(inventory, [[...ids]]);
    // After the rows: a batch that waited for row locks must see the keys of the one that held them.
    const known = await findOrdersByKey(session, buys);
    await this.#options.pause();
    return decideBatch(rows, buys, known);
  }
}

async function findOrdersByKey(
  session: Pick<Session, 'rows'>,
  buys: readonly Buy[],
): Promise<ReadonlyMap<string, Order>> {
  const keyOf = new Map(
    buys.flatMap(({ key }) => (key === undefined ? [] : [[hashOfKey(key), key]])),
  );
  if (keyOf.size === 0) return new Map();
  const rows = await session.rows<OrderRow>(selectOrdersByKey, [[...keyOf.keys()]]);
  return new Map(rows.map((row) => [keyOf.get(row.key_hash ?? '') ?? '', toOrder(row)]));
}

async function searchAll(session: Session): Promise<Snapshot> {
  const rows = await session.rows<InventoryRow>(selectAllInventory);
  const hash = createHash('sha256');
  for (const { head, remaining } of rows) hash.update(`${head} ${remaining} `);
  return { state: stateOf(rows), tag: hash.digest('base64url').slice(0, 22) };
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
