import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { exists } from '../../src/store/files.js';
import { freshTickets } from '../../src/store/seed.js';
import { Tally } from '../../src/verdict/tally.js';
import { loadPackage } from './modules.js';
import { countOrder, newSecret, numberIn, orderOf } from './order.js';
import { nothingToWaitFor, peerKind } from './peer.js';
const orderOfRow = ({ id, event, ...sale }) => orderOf({ ...sale, number: id, eventId: event });
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
const fileIn = (folder) => join(folder, 'tickets.sqlite');
/** As SQLite's own pages have it for several processes that must lose nothing. */
async function openDatabase(folder) {
    const { default: Sqlite } = await loadPackage('better-sqlite3');
    const database = new Sqlite(fileIn(folder), { timeout: BUSY_MS_MAX });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    return database;
}
/** Sells from one SQLite file, a batch in a transaction. */
class SqliteStore {
    remembersKeys = false;
    #database;
    #take;
    #look;
    #insert;
    #newest;
    #find;
    #sellAll;
    constructor(database) {
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
        this.#sellAll = database.transaction((buys) => buys.map((buy) => this.#sell(buy)));
    }
    async sell(buys) {
        return { told: this.#sellAll.immediate(buys), durable: nothingToWaitFor };
    }
    #sell({ eventId, customer, quantity }) {
        const taken = this.#take.get({ eventId, quantity });
        if (taken === undefined)
            return this.#refusal(eventId, quantity);
        const { capacity, remaining } = taken;
        const first = capacity - remaining - quantity + 1;
        const secret = newSecret();
        const sale = this.#insert.run(secret, eventId, customer, quantity, first, remaining);
        const number = sale.lastInsertRowid;
        return orderOf({ number, secret, eventId, customer, quantity, first, remaining });
    }
    #refusal(eventId, requested) {
        const version = this.#newest.get()?.id ?? 0;
        const event = this.#look.get(eventId);
        if (event === undefined)
            return { kind: 'unknownEvent', eventId, version };
        return { kind: 'soldOut', eventId, requested, remaining: event.remaining, version };
    }
    async search() {
        return readState(this.#database);
    }
    async find(orderId) {
        const sale = this.#find.get(numberIn(orderId));
        const order = sale === undefined ? undefined : orderOfRow(sale);
        return order?.orderId === orderId ? order : undefined;
    }
    async history() {
        return historyOf(this.#database);
    }
    async close() {
        this.#database.close();
    }
}
function readState(database) {
    const read = database.transaction(() => {
        const { id: version = 0 } = database.prepare('select max(id) as id from sales').get() ?? {};
        const rows = database
            .prepare('select id, event, remaining from events join inventory using (id)')
            .all();
        const events = rows.map(({ id, event, remaining }) => [
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
function historyOf(database) {
    const tally = new Tally();
    for (const sale of database.prepare('select * from sales').iterate()) {
        countOrder(tally, orderOfRow(sale));
    }
    return tally.against(readState(database).state, true);
}
const kind = peerKind({
    about: 'one SQLite file',
    guardedFile: fileIn,
    async prepare(folder) {
        if (await exists(fileIn(folder)))
            return;
        const { events } = await freshTickets(folder, join(folder, 'tickets.json'));
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
        }
        finally {
            database.close();
        }
    },
});
/**
 * A transaction is synchronous: while it runs, nothing arrives. So the lock is asked for in the next
 * turn of the event loop, when all that waits in the sockets has been read.
 */
const afterReading = (mode) => ({
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
export const sqlitePerBuy = {
    ...common,
    name: 'sqlite, a transaction per buy',
    about: 'better-sqlite3, WAL, synchronous=FULL, BEGIN IMMEDIATE; every order is kept',
    kind,
    settings: { LOCK_MODE: 'off' },
};
export const sqliteQueued = {
    ...common,
    name: 'sqlite, our queue in front',
    about: 'the same file and settings; a crowd is one transaction, in turns of a kernel lock',
    kind: { ...kind, lockModes: (ofHost) => ({ ...ofHost, kernel: afterReading(ofHost.kernel) }) },
    settings: { LOCK_MODE: 'kernel' },
};
//# sourceMappingURL=sqlite.js.map