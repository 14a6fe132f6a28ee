import { locks } from '../../src/lock/registry.js';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TicketEvent } from '../../src/booking/inventory.js';
import type { Buy, BuyResult, Order } from '../../src/booking/outcomes.js';
import type { Sale, Snapshot, Store } from '../../src/booking/store.js';
import type { LockMode } from '../../src/lock/lock-mode.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { exists } from '../../src/store/shared/files.js';
import { loadSeed } from '../../src/store/shared/seed.js';
import { Tally } from '../../src/verdict/tally.js';
import { loadPackage } from './modules.js';
import { countOrder, newSecret, numberIn, orderOf } from './order.js';
import { nothingToWaitFor, type Peer, peerKind } from './peer.js';

/** What is used of better-sqlite3. */
interface Statement<Row> {
  get(...values: unknown[]): Row | undefined;
  all(...values: unknown[]): Row[];
  iterate(...values: unknown[]): Iterable<Row>;
  run(...values: unknown[]): { lastInsertRowid: number };
}
interface Database {
  pragma(text: string): unknown;
  exec(text: string): void;
  prepare<Row>(text: string): Statement<Row>;
  transaction<Args extends unknown[], T>(
    run: (...args: Args) => T,
  ): { immediate(...args: Args): T; deferred(...args: Args): T };
  close(): void;
}
interface BetterSqlite {
  readonly default: new (path: string, options: { timeout: number }) => Database;
}

interface SaleRow {
  readonly id: number;
  readonly secret: string;
  readonly event: string;
  readonly customer: string;
  readonly quantity: number;
  readonly first: number;
  readonly remaining: number;
}

const orderOfRow = ({ id, event, ...sale }: SaleRow): Order =>
  orderOf({ ...sale, number: id, eventId: event });

const schema = `
  create table events (id text primary key, event text not null) strict;
  create table inventory (
    id text primary key, capacity integer not null, remaining integer not null
  ) strict;
  create table sales (
    id integer primary key, secret text not null, event text not null, customer text not null,
    quantity integer not null, first integer not null, remaining integer not null
  ) strict;`;

/** How long a writer waits for the other process's transaction. */
const BUSY_MS_MAX = 10_000;

const fileIn = (folder: string): string => join(folder, 'tickets.sqlite');

/** As SQLite's own pages have it for several processes that must lose nothing. */
async function openDatabase(folder: string): Promise<Database> {
  const { default: Sqlite } = await loadPackage<BetterSqlite>('better-sqlite3');
  const database = new Sqlite(fileIn(folder), { timeout: BUSY_MS_MAX });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  return database;
}

/** Sells from one SQLite file, a batch in a transaction. */
class SqliteStore implements Store {
  readonly remembersKeys = false;
  readonly #database: Database;
  readonly #take: Statement<{ capacity: number; remaining: number }>;
  readonly #look: Statement<{ remaining: number }>;
  readonly #insert: Statement<never>;
  readonly #newest: Statement<{ id: number }>;
  readonly #find: Statement<SaleRow>;
  readonly #sellAll: { immediate(buys: readonly Buy[]): BuyResult[] };

  constructor(database: Database) {
    this.#database = database;
    this.#take = database.prepare(`
      update inventory set remaining = remaining - :quantity
      where id = :eventId and remaining >= :quantity returning capacity, remaining`);
    this.#look = database.prepare('select remaining from inventory where id = ?');
    this.#insert = database.prepare(`
      insert into sales (secret, event, customer, quantity, first, remaining)
      values (?, ?, ?, ?, ?, ?)`);
    this.#newest = database.prepare('select coalesce(max(id), 0) as id from sales');
    this.#find = database.prepare('select * from sales where id = ?');
    this.#sellAll = database.transaction((buys: readonly Buy[]) =>
      buys.map((buy) => this.#sell(buy)),
    );
  }

  async sell(buys: readonly Buy[]): Promise<Sale> {
    return { results: this.#sellAll.immediate(buys), durable: nothingToWaitFor };
  }

  #sell({ eventId, customer, quantity }: Buy): BuyResult {
    const taken = this.#take.get({ eventId, quantity });
    if (taken === undefined) return this.#refusal(eventId, quantity);
    const { capacity, remaining } = taken;
    const first = capacity - remaining - quantity + 1;
    const secret = newSecret();
    const sale = this.#insert.run(secret, eventId, customer, quantity, first, remaining);
    const number = sale.lastInsertRowid;
    return orderOf({ number, secret, eventId, customer, quantity, first, remaining });
  }

  #refusal(eventId: string, requested: number): BuyResult {
    const version = this.#newest.get()?.id ?? 0;
    const event = this.#look.get(eventId);
    if (event === undefined) return { kind: 'unknownEvent', eventId, version };
    return { kind: 'soldOut', eventId, requested, remaining: event.remaining, version };
  }

  async search(): Promise<Snapshot> {
    return readState(this.#database);
  }

  async find(orderId: string): Promise<Order | undefined> {
    const sale = this.#find.get(numberIn(orderId));
    const order = sale === undefined ? undefined : orderOfRow(sale);
    return order?.orderId === orderId ? order : undefined;
  }

  async history() {
    return historyOf(this.#database);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

function readState(database: Database): Snapshot {
  const read = database.transaction((): Snapshot => {
    const { id: version = 0 } =
      database.prepare<{ id: number }>('select max(id) as id from sales').get() ?? {};
    const rows = database
      .prepare<{ id: string; event: string; remaining: number }>(
        'select id, event, remaining from events join inventory using (id)',
      )
      .all();
    const events = rows.map(({ id, event, remaining }): [string, TicketEvent] => [
      id,
      { ...JSON.parse(event), remaining },
    ]);
    return {
      state: { version: version ?? 0, events: Object.fromEntries(events) },
      tag: String(version),
    };
  });
  return read.deferred();
}

function historyOf(database: Database) {
  const tally = new Tally();
  for (const sale of database.prepare<SaleRow>('select * from sales').iterate()) {
    countOrder(tally, orderOfRow(sale));
  }
  return tally.toHistory(readState(database).state, true);
}

const kind: StoreDriver = peerKind({
  about: 'one SQLite file',
  guardedFile: fileIn,

  async prepare(folder) {
    if (await exists(fileIn(folder))) return;
    const { events } = await loadSeed(folder, join(folder, 'tickets.json'));
    const database = await openDatabase(folder);
    const fill = database.transaction(() => {
      database.exec(schema);
      const event = database.prepare('insert into events values (?, ?)');
      const inventory = database.prepare('insert into inventory values (?, ?, ?)');
      for (const [id, each] of Object.entries(events)) {
        event.run(id, JSON.stringify(each));
        inventory.run(id, each.capacity, each.remaining);
      }
    });
    fill.immediate();
    database.close();
  },

  open: async ({ folder }) => new SqliteStore(await openDatabase(folder)),

  async history(folder) {
    const database = await openDatabase(folder);
    try {
      return historyOf(database);
    } finally {
      database.close();
    }
  },
});

/**
 * A transaction is synchronous: while it runs, nothing arrives. So the lock is asked for in the next
 * turn of the event loop, when all that waits in the sockets has been read.
 */
const afterReading = (mode: LockMode): LockMode => ({
  ...mode,
  open: async (options) => {
    const lock = await mode.open(options);
    return {
      run: async (section, deadline) => {
        await nextTurn();
        return lock.run(section, deadline);
      },
      close: () => lock.close(),
    };
  },
});

const common = { durable: true, package: 'better-sqlite3' };

export const sqlitePerBuy: Peer = {
  ...common,
  name: 'sqlite, a transaction per buy',
  about: 'better-sqlite3, WAL, synchronous=FULL, BEGIN IMMEDIATE; every order is kept',
  kind,
  settings: { LOCK_MODE: 'off' },
};

export const sqliteQueued: Peer = {
  ...common,
  name: 'sqlite, our queue in front',
  about: 'the same file and settings; a crowd is one transaction, in turns of a kernel lock',
  kind,
  locks: { kernel: afterReading(locks.kernel) },
  settings: { LOCK_MODE: 'kernel' },
};
