import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Buy } from '../../src/booking/commands.js';
import type { Order } from '../../src/booking/outcomes.js';
import { packagedEvents } from '../packaged-events.js';
import { loadPackage } from '../packages.js';
import { historyOf, notSold, orderOf, type Peer, type StoredSale, stateOf } from './peer.js';

interface Statement<Row> {
  get(...values: unknown[]): Row | undefined;
  all(...values: unknown[]): Row[];
  run(...values: unknown[]): { lastInsertRowid: number };
}
interface Database {
  pragma(text: string): unknown;
  exec(text: string): void;
  prepare<Row>(text: string): Statement<Row>;
  transaction<Args extends unknown[], T>(
    run: (...args: Args) => T,
  ): { immediate(...args: Args): T };
}
interface BetterSqlite {
  readonly default: new (path: string, options: { timeout: number }) => Database;
}

/** Longest wait for the other worker's transaction. */
const BUSY_MS_MAX = 10_000;

/** The settings that SQLite's documentation gives for several processes and no lost commit. */
async function openDatabase(folder: string): Promise<Database> {
  const { default: Sqlite } = await loadPackage<BetterSqlite>('better-sqlite3');
  const database = new Sqlite(join(folder, 'tickets.sqlite'), { timeout: BUSY_MS_MAX });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  return database;
}

const schema = `
  create table inventory (
    id text primary key, capacity integer not null, remaining integer not null
  ) strict;
  create table sales (
    version integer primary key, orderId text not null, eventId text not null,
    customer text not null, quantity integer not null, first integer not null,
    remaining integer not null
  ) strict;`;

const common: Omit<Peer, 'name' | 'about' | 'settings'> = {
  durable: true,
  package: 'better-sqlite3',

  async prepare(folder, { events }) {
    const database = await openDatabase(folder);
    database.exec(schema);
    const inventory = database.prepare('insert into inventory values (?, ?, ?)');
    for (const [id, { capacity, remaining }] of Object.entries(events)) {
      inventory.run(id, capacity, remaining);
    }
  },

  async open(folder) {
    const database = await openDatabase(folder);
    const take = database.prepare<{ capacity: number; remaining: number }>(`
      update inventory set remaining = remaining - :quantity
      where id = :eventId and remaining >= :quantity returning capacity, remaining`);
    const insert = database.prepare(`
      insert into sales (orderId, eventId, customer, quantity, first, remaining)
      values (?, ?, ?, ?, ?, ?)`);
    const sell = ({ eventId, customer, quantity }: Buy): Order => {
      const taken = take.get({ eventId, quantity });
      if (taken === undefined) throw notSold(eventId);
      const { capacity, remaining } = taken;
      const first = capacity - remaining - quantity + 1;
      const orderId = randomUUID();
      const row = insert.run(orderId, eventId, customer, quantity, first, remaining);
      const version = row.lastInsertRowid;
      return orderOf({ orderId, eventId, customer, quantity, first, remaining, version });
    };
    const sellAll = database.transaction((buys: readonly Buy[]) => buys.map(sell));
    return async (buys) => sellAll.immediate(buys);
  },

  async history(folder) {
    const database = await openDatabase(folder);
    const sales = database.prepare<StoredSale>('select * from sales order by version').all();
    const rows = database.prepare<{ id: string; remaining: number }>('select * from inventory');
    const remaining = Object.fromEntries(rows.all().map((row) => [row.id, row.remaining]));
    const state = stateOf(await packagedEvents(), sales.at(-1)?.version ?? 0, remaining);
    return historyOf(state, sales.map(orderOf));
  },
};

export const sqlitePerBuy: Peer = {
  ...common,
  name: 'sqlite, a transaction per buy',
  about: 'better-sqlite3, WAL, synchronous=FULL, BEGIN IMMEDIATE; every order is stored',
  settings: { LOCK_MODE: 'off' },
};

export const sqliteQueued: Peer = {
  ...common,
  name: 'sqlite, our queue in front',
  about: 'the same file and settings; one transaction per batch, under a kernel lock',
  settings: { LOCK_MODE: 'kernel' },
};
