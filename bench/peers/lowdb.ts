import { join } from 'node:path';
import { decide } from '../../src/booking/decide.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy, BuyResult, Order } from '../../src/booking/outcomes.js';
import type { Sale, Snapshot, Store } from '../../src/booking/store.js';
import { exists } from '../../src/store/shared/files.js';
import { loadSeed } from '../../src/store/shared/seed.js';
import { Tally } from '../../src/verdict/tally.js';
import { loadPackage } from './modules.js';
import { countOrder, idOf, newSecret } from './order.js';
import { nothingToWaitFor, type Peer, peerKind } from './peer.js';

interface Data {
  state: TicketState;
  readonly orders: Order[];
}

/** What is used of lowdb. */
interface Low {
  readonly data: Data;
  write(): Promise<void>;
}
interface LowdbNode {
  JSONFilePreset(path: string, initial: Data): Promise<Low>;
}

const fileIn = (folder: string): string => join(folder, 'db.json');
const empty = (): Data => ({ state: { version: 0, events: {} }, orders: [] });

async function openFile(folder: string, initial = empty()): Promise<Low> {
  const { JSONFilePreset } = await loadPackage<LowdbNode>('lowdb/node');
  return JSONFilePreset(fileIn(folder), initial);
}

/** All in one object of one process, which is written to one file after every change. */
class LowdbStore implements Store {
  readonly remembersKeys = false;
  readonly #db: Low;

  constructor(db: Low) {
    this.#db = db;
  }

  async sell(buys: readonly Buy[]): Promise<Sale> {
    const { data } = this.#db;
    const { outcomes, after } = decide(data.state, buys);
    data.state = after;
    const results = outcomes.map((outcome): BuyResult => {
      if (outcome.kind !== 'sold') return outcome;
      const order = { ...outcome, orderId: idOf(data.orders.length + 1, newSecret()) };
      data.orders.push(order);
      return order;
    });
    await this.#db.write();
    return { results, durable: nothingToWaitFor };
  }

  async search(): Promise<Snapshot> {
    const { state } = this.#db.data;
    return { state, tag: String(state.version) };
  }

  async find(orderId: string): Promise<Order | undefined> {
    return this.#db.data.orders.find((order) => order.orderId === orderId);
  }

  async history() {
    return historyOf(this.#db.data);
  }

  async close(): Promise<void> {}
}

function historyOf({ state, orders }: Data) {
  const tally = new Tally();
  for (const order of orders) countOrder(tally, order);
  return tally.toHistory(state, true);
}

export const lowdb: Peer = {
  name: 'lowdb, one process',
  about:
    'JSONFilePreset, db.write() per buy, one worker; orders in the same file, so each buy is dearer than the last',
  durable: false, // it never syncs
  package: 'lowdb/node',
  settings: { LOCK_MODE: 'off', WORKERS: '1' },
  kind: peerKind({
    about: 'one JSON file, by lowdb',
    guardedFile: fileIn,

    async prepare(folder) {
      if (await exists(fileIn(folder))) return;
      const state = await loadSeed(folder, join(folder, 'tickets.json'));
      const db = await openFile(folder, { state, orders: [] });
      await db.write();
    },

    open: async ({ folder }) => new LowdbStore(await openFile(folder)),
    history: async (folder) => historyOf((await openFile(folder)).data),
  }),
};
