import { join } from 'node:path';
import { decide } from '../../src/booking/decide.js';
import { exists } from '../../src/store/files.js';
import { freshTickets } from '../../src/store/seed.js';
import { Tally } from '../../src/verdict/tally.js';
import { loadPackage } from './modules.js';
import { countOrder, idOf, newSecret } from './order.js';
import { nothingToWaitFor, peerKind } from './peer.js';
const fileIn = (folder) => join(folder, 'db.json');
const empty = () => ({ state: { version: 0, events: {} }, orders: [] });
async function openFile(folder, initial = empty()) {
    const { JSONFilePreset } = await loadPackage('lowdb/node');
    return JSONFilePreset(fileIn(folder), initial);
}
/** All in one object of one process, which is written to one file after every change. */
class LowdbStore {
    remembersKeys = false;
    #db;
    constructor(db) {
        this.#db = db;
    }
    async sell(buys) {
        const { data } = this.#db;
        const { outcomes, after } = decide(data.state, buys);
        data.state = after;
        const told = outcomes.map((outcome) => {
            if (outcome.kind !== 'sold')
                return outcome;
            const order = { ...outcome, orderId: idOf(data.orders.length + 1, newSecret()) };
            data.orders.push(order);
            return order;
        });
        await this.#db.write();
        return { told, durable: nothingToWaitFor };
    }
    async search() {
        const { state } = this.#db.data;
        return { state, tag: String(state.version) };
    }
    async find(orderId) {
        return this.#db.data.orders.find((order) => order.orderId === orderId);
    }
    async history() {
        return historyOf(this.#db.data);
    }
    async close() { }
}
function historyOf({ state, orders }) {
    const tally = new Tally();
    for (const order of orders)
        countOrder(tally, order);
    return tally.against(state, true);
}
export const lowdb = {
    name: 'lowdb, one process',
    about: 'JSONFilePreset, db.write() per buy, one worker; orders in the same file, so each buy is dearer than the last',
    durable: false, // it never syncs
    package: 'lowdb/node',
    settings: { LOCK_MODE: 'off', WORKERS: '1' },
    kind: peerKind({
        about: 'one JSON file, by lowdb',
        guardedFile: fileIn,
        async prepare(folder) {
            if (await exists(fileIn(folder)))
                return;
            const state = await freshTickets(folder, join(folder, 'tickets.json'));
            const db = await openFile(folder, { state, orders: [] });
            await db.write();
        },
        open: async ({ folder }) => new LowdbStore(await openFile(folder)),
        history: async (folder) => historyOf((await openFile(folder)).data),
    }),
};
//# sourceMappingURL=lowdb.js.map