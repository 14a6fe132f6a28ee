import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainLine } from '../../booking/chain-line.js';
import type { SalesHistory } from '../../booking/history.js';
import type { Buy, BuyResult, Order } from '../../booking/outcomes.js';
import type { EmitStep } from '../../booking/steps.js';
import type { Sale, Snapshot, Store } from '../../booking/store.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { hashOfKey, orderOfRow, readOrderId } from './batch-rows.js';
import { classifyError } from './classify-error.js';
import { type BatchDecision, decideBatch } from './decide-batch.js';
import { readHistory } from './history.js';
import { stateOf, versionOf } from './inventory-rows.js';
import type { AttemptResult, ConcurrencyMode } from './modes/concurrency-mode.js';
import { readRecentCommits } from './recent-commits.js';
import { withRetries } from './retry.js';
import type { Session, SessionPool } from './session.js';
import { selectAllInventory } from './sql/all-inventory.js';
import { type OrderRow, selectOrder, selectOrdersByKey } from './sql/find-orders.js';
import { type InventoryRow, lockInventory } from './sql/inventory.js';

export interface PostgresOptions {
  readonly mode: ConcurrencyMode;
  /** What sells, and what only looks: lookers must never make a sale wait for a connection. */
  readonly selling: SessionPool;
  readonly looking: SessionPool;
  readonly raceWindowMs: number;
  /** How long a batch that is overtaken again and again goes on trying. */
  readonly lockTimeoutMs: number;
}

/** How long a question that only looks goes on trying. */
const LOOKING_MS = 1_000;

/** A commit is durable when PostgreSQL has answered. */
const durable = Promise.resolve();

/**
 * Sells from tables of a PostgreSQL that any number of machines share. A batch is one transaction:
 * read its events, decide with the same pure code as every store, write, commit, answer. How batches
 * are kept apart is the mode's matter.
 *
 * Versions count per event, so that two events never wait for each other. What speaks of all events,
 * a search and a verdict, bears the sum.
 */
export class PostgresStore implements Store {
  readonly remembersKeys: boolean;
  readonly #options: PostgresOptions;
  readonly #search = new CoalescedRun(() => this.#look(searchAll));
  readonly #history = new CoalescedRun(() => this.#look(readHistory));
  readonly #newest = new CoalescedRun(() => this.#look(readRecentCommits));

  constructor(options: PostgresOptions) {
    this.#options = options;
    // Without a lock one key could sell twice before either sale is there to be found.
    this.remembersKeys = options.mode.exclusive;
  }

  async sell(buys: readonly Buy[], emit: EmitStep): Promise<Sale> {
    const { mode, selling, lockTimeoutMs } = this.#options;
    const attempt = {
      sessions: selling,
      decide: (session: Session, inventory: string) => this.#decide(session, inventory, buys, emit),
    };
    const attempted = await withRetries(
      () =>
        mode.attempt(attempt).catch((error) => {
          if (classifyError(error) === 'again') emit('overtaken');
          throw error;
        }),
      lockTimeoutMs,
    );
    const { decision, writing } = attempted;
    if (writing.commits.length > 0) emit('replaced', { version: decision.version });
    return { results: resultsOf(attempted), durable };
  }

  search(): Promise<Snapshot> {
    return this.#search.run();
  }

  find(orderId: string): Promise<Order | undefined> {
    const named = readOrderId(orderId);
    if (named === undefined) return Promise.resolve(undefined);
    const { event, first, token } = named;
    return this.#look(async (session) => {
      const [found] = await session.rows<OrderRow>(selectOrder, [event, first, token]);
      return found && orderOfRow(found);
    });
  }

  history(): Promise<SalesHistory> {
    return this.#history.run();
  }

  recentCommits(): Promise<readonly ChainLine[]> {
    return this.#newest.run();
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.selling.close(), this.#options.looking.close()]);
  }

  #look<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return withRetries(() => this.#options.looking.use(work), LOOKING_MS);
  }

  async #decide(
    session: Session,
    inventory: string,
    buys: readonly Buy[],
    emit: EmitStep,
  ): Promise<BatchDecision> {
    const { raceWindowMs } = this.#options;
    // An id of ours has no character 0, which PostgreSQL would not take in a text.
    const ids = new Set(buys.map(({ eventId }) => eventId).filter((id) => !id.includes('\0')));
    const rows = await session.rows<InventoryRow>(inventory, [[...ids]]);
    if (inventory === lockInventory) emit('rowsLocked');
    // After the rows: who waited for their lock must see the keys of whoever held it.
    const known = await ordersByKey(session, buys);
    emit('loaded', { version: versionOf(rows) });
    if (raceWindowMs > 0) await sleep(raceWindowMs);
    emit('paused');
    const decision = decideBatch(rows, buys, known);
    emit('decided', { version: decision.version });
    return decision;
  }
}

async function ordersByKey(
  session: Session,
  buys: readonly Buy[],
): Promise<ReadonlyMap<string, Order>> {
  const keyOf = new Map(
    buys.flatMap(({ key }) => (key === undefined ? [] : [[hashOfKey(key), key]])),
  );
  if (keyOf.size === 0) return new Map();
  const rows = await session.rows<OrderRow>(selectOrdersByKey, [[...keyOf.keys()]]);
  return new Map(rows.map((row) => [keyOf.get(row.key_hash ?? '') ?? '', orderOfRow(row)]));
}

async function searchAll(session: Session): Promise<Snapshot> {
  const rows = await session.rows<InventoryRow>(selectAllInventory);
  const hash = createHash('sha256');
  for (const { head, remaining } of rows) hash.update(`${head} ${remaining} `);
  return { state: stateOf(rows), tag: hash.digest('base64url').slice(0, 22) };
}

/** What the buyers of a batch are told. */
function resultsOf({ decision, writing }: AttemptResult): BuyResult[] {
  return decision.outcomes.map((outcome) => {
    if (outcome.kind === 'replayed') return outcome.sale;
    if (outcome.kind !== 'sold') return outcome;
    const order = writing.orderOf.get(outcome);
    if (order === undefined) throw new Error('a sale has no order'); // nothing may be told of it
    return order;
  });
}
