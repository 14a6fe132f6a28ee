import type { TicketEvent, TicketState } from '../../src/booking/inventory.js';
import type { Buy, BuyResult, Order } from '../../src/booking/outcomes.js';
import type { Sale, Snapshot, Store } from '../../src/booking/store.js';
import { loadSeed } from '../../src/store/shared/seed.js';
import { Tally } from '../../src/verdict/tally.js';
import { loadPackage } from './modules.js';
import { countOrder, newSecret, numberIn, orderOf } from './order.js';
import { nothingToWaitFor, type Peer, peerKind } from './peer.js';

/** What is used of redis, the client. */
export interface RedisClient {
  connect(): Promise<unknown>;
  close(): Promise<void>;
  on(name: 'error', listener: (error: Error) => void): unknown;
  scriptLoad(script: string): Promise<string>;
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  configGet(name: string): Promise<Record<string, string>>;
  hSet(key: string, values: Record<string, string>): Promise<unknown>;
  hGetAll(key: string): Promise<Record<string, string>>;
  lRange(key: string, from: number, to: number): Promise<string[]>;
  lLen(key: string): Promise<number>;
  exists(key: string): Promise<number>;
  del(keys: string[]): Promise<unknown>;
}
interface RedisPackage {
  createClient(options: { url: string }): RedisClient;
}

/**
 * The whole buy, which the server runs alone: one buy, one script. An order is noted in a list, and
 * its place there is the number of the commit.
 */
const script = `
  local left = tonumber(redis.call('HGET', KEYS[1], ARGV[1]))
  if not left then return {-1, 0, redis.call('LLEN', KEYS[2])} end
  local wanted = tonumber(ARGV[2])
  if left < wanted then return {0, left, redis.call('LLEN', KEYS[2])} end
  redis.call('HINCRBY', KEYS[1], ARGV[1], -wanted)
  return {1, left - wanted, redis.call('RPUSH', KEYS[2], (left - wanted) .. ' ' .. ARGV[3])}`;

/** The keys of an address: of a server that is not ours, nothing else is touched. */
export function keysOf(address: string) {
  const prefix = new URL(address).hash.slice(1);
  return {
    events: `${prefix}:events`,
    inventory: `${prefix}:inventory`,
    orders: `${prefix}:orders`,
  };
}

/** @param address of the server; what follows `#` is the prefix of all keys */
export async function connect(address: string): Promise<RedisClient> {
  const { createClient } = await loadPackage<RedisPackage>('redis');
  const client = createClient({ url: address.split('#')[0] ?? '' });
  client.on('error', () => {}); // whoever waits for an answer is told
  await client.connect();
  return client;
}

interface Noted {
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
  readonly secret: string;
}

class RedisStore implements Store {
  readonly remembersKeys = false;
  readonly #client: RedisClient;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #sha: string;
  /** They never change; only what is left of them does. */
  readonly #events: Readonly<Record<string, TicketEvent>>;

  constructor(
    client: RedisClient,
    address: string,
    sha: string,
    events: Readonly<Record<string, TicketEvent>>,
  ) {
    this.#client = client;
    this.#keys = keysOf(address);
    this.#sha = sha;
    this.#events = events;
  }

  async sell(buys: readonly Buy[]): Promise<Sale> {
    const results = await Promise.all(buys.map((buy) => this.#sell(buy)));
    return { results, durable: nothingToWaitFor };
  }

  async #sell({ eventId, customer, quantity }: Buy): Promise<BuyResult> {
    const noted: Noted = {
      eventId,
      customer,
      quantity,
      secret: newSecret(),
    };
    const [outcome, remaining, version] = (await this.#client.evalSha(this.#sha, {
      keys: [this.#keys.inventory, this.#keys.orders],
      arguments: [eventId, String(quantity), JSON.stringify(noted)],
    })) as [number, number, number];
    if (outcome === -1) return { kind: 'unknownEvent', eventId, version };
    if (outcome === 0) {
      return { kind: 'soldOut', eventId, requested: quantity, remaining, version };
    }
    return orderOfNote(noted, remaining, version, this.#events);
  }

  async search(): Promise<Snapshot> {
    const state = await readState(this.#client, this.#keys);
    return { state, tag: String(state.version) };
  }

  async find(orderId: string): Promise<Order | undefined> {
    const place = numberIn(orderId);
    const [line] = await this.#client.lRange(this.#keys.orders, place - 1, place - 1);
    const found = line === undefined ? undefined : parseOrder(line, place, this.#events);
    return found?.orderId === orderId ? found : undefined;
  }

  history() {
    return historyOf(this.#client, this.#keys);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function orderOfNote(
  noted: Noted,
  remaining: number,
  number: number,
  events: Readonly<Record<string, TicketEvent>>,
): Order {
  const first = (events[noted.eventId]?.capacity ?? 0) - remaining - noted.quantity + 1;
  return orderOf({ ...noted, number, first, remaining });
}

function parseOrder(
  line: string,
  version: number,
  events: Readonly<Record<string, TicketEvent>>,
): Order {
  const space = line.indexOf(' ');
  return orderOfNote(JSON.parse(line.slice(space)), Number(line.slice(0, space)), version, events);
}

async function readState(
  client: RedisClient,
  keys: ReturnType<typeof keysOf>,
): Promise<TicketState> {
  const [events, left, version] = await Promise.all([
    client.hGetAll(keys.events),
    client.hGetAll(keys.inventory),
    client.lLen(keys.orders),
  ]);
  const entries = Object.entries(events).map(([id, event]): [string, TicketEvent] => [
    id,
    { ...JSON.parse(event), remaining: Number(left[id]) },
  ]);
  return { version, events: Object.fromEntries(entries) };
}

const ORDERS_AT_ONCE = 10_000;

async function historyOf(client: RedisClient, keys: ReturnType<typeof keysOf>) {
  const tally = new Tally();
  const state = await readState(client, keys);
  for (let from = 0; from < state.version; from += ORDERS_AT_ONCE) {
    const lines = await client.lRange(keys.orders, from, from + ORDERS_AT_ONCE - 1);
    lines.forEach((line, index) => {
      countOrder(tally, parseOrder(line, from + index + 1, state.events));
    });
  }
  return tally.toHistory(state, true);
}

/** Where the server of this office is. */
const ours = (): string => process.env.REDIS_URL ?? '';

const kind = peerKind({
  about: 'a Redis server',
  guardedFile: () => 'Redis',

  async prepare(folder) {
    const client = await connect(ours());
    const keys = keysOf(ours());
    if ((await client.exists(keys.events)) === 0) {
      const { events } = await loadSeed(folder, `${folder}/tickets.json`);
      const mapped = (of: (event: TicketEvent) => string) =>
        Object.fromEntries(Object.entries(events).map(([id, event]) => [id, of(event)]));
      await client.hSet(
        keys.inventory,
        mapped(({ remaining }) => String(remaining)),
      );
      await client.hSet(
        keys.events,
        mapped((event) => JSON.stringify(event)),
      );
    }
    await client.close();
  },

  async open() {
    const client = await connect(ours());
    const sha = await client.scriptLoad(script);
    const { events } = await readState(client, keysOf(ours()));
    return new RedisStore(client, ours(), sha, events);
  },

  async history(address) {
    const client = await connect(address);
    try {
      return await historyOf(client, keysOf(address));
    } finally {
      await client.close();
    }
  },
});

const common = { kind, package: 'redis', settings: { LOCK_MODE: 'off' } } as const;

export const redisAlways: Peer = {
  ...common,
  name: 'redis, appendfsync always',
  about: 'one Lua script per buy, pipelined by the client; appendonly yes, appendfsync always',
  durable: true,
  server: 'redis, synced',
};

export const redisNever: Peer = {
  ...common,
  name: 'redis, no append-only file',
  about: 'the same script; nothing is written to the disk',
  durable: false,
  server: 'redis, in memory',
};
