import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Order } from '../../src/booking/outcomes.js';
import { loadPackage } from '../packages.js';
import { historyOf, notSold, orderOf, type Peer, stateOf } from './peer.js';

interface Data {
  readonly seed: TicketState;
  /** By event id. */
  readonly remaining: Record<string, number>;
  readonly orders: Order[];
}
interface Low {
  readonly data: Data;
  write(): Promise<void>;
}
interface LowdbNode {
  JSONFilePreset(path: string, initial: Data): Promise<Low>;
}

async function openFile(
  folder: string,
  seed: TicketState = { version: 0, events: {} },
): Promise<Low> {
  const { JSONFilePreset } = await loadPackage<LowdbNode>('lowdb/node');
  return JSONFilePreset(join(folder, 'db.json'), { seed, remaining: {}, orders: [] });
}

/** One object in one process, written to one file after every change. */
export const lowdb: Peer = {
  name: 'lowdb, one process',
  about:
    'JSONFilePreset, db.write() per buy, one worker; the file holds all orders, so each buy costs more than the last',
  durable: false, // it never syncs
  package: 'lowdb/node',
  settings: { LOCK_MODE: 'off', WORKERS: '1' },

  async prepare(folder, seed) {
    await (await openFile(folder, seed)).write();
  },

  async open(folder) {
    const db = await openFile(folder);
    const { seed, remaining, orders } = db.data;
    return async (buys) => {
      const results = buys.map((buy) => {
        const { capacity = 0, remaining: unsold = 0 } = seed.events[buy.eventId] ?? {};
        const before = remaining[buy.eventId] ?? unsold;
        const after = before - buy.quantity;
        if (after < 0) throw notSold(buy.eventId);
        remaining[buy.eventId] = after;
        const first = capacity - before + 1;
        const version = orders.length + 1;
        const sale = { ...buy, orderId: randomUUID(), first, remaining: after, version };
        orders.push(orderOf(sale));
        return orderOf(sale);
      });
      await db.write();
      return results;
    };
  },

  async history(folder) {
    const { seed, remaining, orders } = (await openFile(folder)).data;
    return historyOf(stateOf(seed, orders.length, remaining), orders);
  },
};
