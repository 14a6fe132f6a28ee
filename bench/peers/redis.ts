import { randomUUID } from 'node:crypto';
import type { Buy } from '../../src/booking/commands.js';
import { packagedEvents } from '../packaged-events.js';
import { loadPackage } from '../packages.js';
import { historyOf, notSold, orderOf, type Peer, type StoredSale, stateOf } from './peer.js';

interface RedisClient {
  connect(): Promise<unknown>;
  close(): Promise<void>;
  on(name: 'error', listener: (error: Error) => void): unknown;
  scriptLoad(script: string): Promise<string>;
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  hSet(key: string, values: Record<string, string>): Promise<unknown>;
  hGetAll(key: string): Promise<Record<string, string>>;
  lRange(key: string, from: number, to: number): Promise<string[]>;
  lLen(key: string): Promise<number>;
}
interface RedisPackage {
  createClient(options: { url: string }): RedisClient;
}

const ORDERS = 'orders';
const INVENTORY = 'inventory';
const keys = [INVENTORY, ORDERS];

/** The server runs a script alone. An order's place in the list is its version. */
const script = `
  local remaining = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) - tonumber(ARGV[2])
  if remaining < 0 then return {-1, 0} end
  redis.call('HSET', KEYS[1], ARGV[1], remaining)
  return {remaining, redis.call('RPUSH', KEYS[2], remaining .. ' ' .. ARGV[3])}`;

async function connect(url: string): Promise<RedisClient> {
  const { createClient } = await loadPackage<RedisPackage>('redis');
  const client = createClient({ url });
  client.on('error', () => {}); // the commands reject, too
  await client.connect();
  return client;
}

const ORDERS_AT_ONCE = 10_000;

const common: Omit<Peer, 'name' | 'about' | 'durable' | 'database'> = {
  package: 'redis',
  settings: { LOCK_MODE: 'off' },

  async prepare(url, { events }) {
    const client = await connect(url);
    const entries = Object.entries(events).map(([id, event]) => [id, String(event.remaining)]);
    await client.hSet(INVENTORY, Object.fromEntries(entries));
    await client.close();
  },

  async open(url) {
    const client = await connect(url);
    const sha = await client.scriptLoad(script);
    const { events } = await packagedEvents();
    const sell = async (buy: Buy) => {
      const { eventId, customer, quantity } = buy;
      const orderId = randomUUID();
      const stored = JSON.stringify({ orderId, eventId, customer, quantity });
      const values = [eventId, String(quantity), stored];
      const reply = await client.evalSha(sha, { keys, arguments: values });
      const [remaining, version] = reply as [number, number];
      if (remaining < 0) throw notSold(eventId);
      const first = (events[eventId]?.capacity ?? 0) - remaining - quantity + 1;
      return orderOf({ orderId, eventId, customer, quantity, first, remaining, version });
    };
    return (buys) => Promise.all(buys.map(sell));
  },

  async history(url) {
    const client = await connect(url);
    const seed = await packagedEvents();
    const count = await client.lLen(ORDERS);
    const sales: StoredSale[] = [];
    for (let from = 0; from < count; from += ORDERS_AT_ONCE) {
      for (const line of await client.lRange(ORDERS, from, from + ORDERS_AT_ONCE - 1)) {
        const remaining = Number.parseInt(line, 10);
        const buy = JSON.parse(line.slice(line.indexOf(' '))) as Buy & { orderId: string };
        const { capacity = 0 } = seed.events[buy.eventId] ?? {};
        const first = capacity - remaining - buy.quantity + 1;
        sales.push({ ...buy, first, remaining, version: sales.length + 1 });
      }
    }
    const entries = Object.entries(await client.hGetAll(INVENTORY));
    const remaining = Object.fromEntries(entries.map(([id, value]) => [id, Number(value)]));
    await client.close();
    return historyOf(stateOf(seed, count, remaining), sales.map(orderOf));
  },
};

export const redisAlways: Peer = {
  ...common,
  name: 'redis, appendfsync always',
  about: 'one Lua script per buy, pipelined by the client; appendonly yes, appendfsync always',
  durable: true,
  database: 'redis, synced',
};

export const redisNever: Peer = {
  ...common,
  name: 'redis, no append-only file',
  about: 'the same script; nothing is written to the disk',
  durable: false,
  database: 'redis, in memory',
};
