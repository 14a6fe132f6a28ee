import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { allOrders } from '../../src/booking/export-orders.js';
import type { OutboxStatus } from '../../src/http/schemas.js';
import { type StoreName, storeNames, stores } from '../../src/store/registry.js';
import { TestDatabase } from '../support/database.js';
import { eventsOf, newFolder, openOptions, raceIds, removeFolder } from '../support/folder.js';
import { until } from '../support/processes.js';
import { Random } from '../support/random.js';
import { TestServer } from '../support/test-server.js';
import { type Answer, answerOk, outOfOrder, WebhookReceiver } from '../support/webhook-receiver.js';

/** A longer run, by hand: `OUTBOX_SALES=10000 OUTBOX_KILLS=10 OUTBOX_DOWN_S=20`. */
const SALES = Number(process.env.OUTBOX_SALES ?? 1_000);
const KILLS = Number(process.env.OUTBOX_KILLS ?? 2);
const DOWN_MS = Number(process.env.OUTBOX_DOWN_S ?? 1) * 1000;
const EVENTS = 20;
const BUYERS = 8;

/** Fails a third of the time, and is late one time in twenty. */
function badReceiver(seed: number): Answer {
  const random = new Random(seed);
  return async (message, response) => {
    const [fails, isLate] = [random.next() < 1 / 3, random.next() < 1 / 20];
    if (isLate) await sleep(random.integer(50, 500));
    if (fails) response.writeHead(random.pick([500, 429, 404, 503])).end();
    else await answerOk(message, response);
  };
}

/** Two servers that deliver to one receiver, and the orders on their record. */
class TwoServers {
  readonly servers: TestServer[] = [];
  readonly #start: () => Promise<TestServer>;
  readonly #name: StoreName;
  readonly #location: string;

  private constructor(name: StoreName, location: string, start: () => Promise<TestServer>) {
    this.#name = name;
    this.#location = location;
    this.#start = start;
  }

  static async start(name: StoreName, receiver: WebhookReceiver): Promise<TwoServers> {
    const events = eventsOf(raceIds(EVENTS), 1_000_000);
    const database = name === 'postgres' ? await TestDatabase.forTest(events) : undefined;
    const folder = newFolder(events);
    const env = {
      STORE: name,
      ...(name === 'postgres' ? {} : { LOCK_MODE: 'kernel' }),
      WORKERS: '1',
      LAB: 'off',
      ...receiver.env,
    };
    const options = { env, folder, ...(database && { database }) };
    const two = new TwoServers(name, database?.address ?? folder, () => TestServer.start(options));
    onTestFinished(async () => {
      await Promise.all(two.servers.map((server) => server.dispose()));
      removeFolder(folder);
    });
    await two.add();
    await two.add();
    return two;
  }

  async add(): Promise<void> {
    this.servers.push(await this.#start());
  }

  /** The server that delivers. */
  async follower(): Promise<TestServer> {
    let found: TestServer | undefined;
    await until('a server delivers', async () => {
      for (const server of this.servers) {
        const answer = await server.fetch('/outbox').catch(() => undefined);
        const status = (await answer?.json().catch(() => undefined)) as OutboxStatus | undefined;
        if (status?.isFollowing) found = server;
      }
      return found !== undefined;
    });
    return found as TestServer;
  }

  /** Kills the server that delivers, waits until the other one does, and starts a new one. */
  async killFollower(): Promise<void> {
    const killed = await this.follower();
    killed.signal('SIGKILL');
    await killed.exited;
    await killed.dispose();
    this.servers.splice(this.servers.indexOf(killed), 1);
    await this.follower();
    await this.add();
  }

  async orderIds(): Promise<string[]> {
    const store = await stores[this.#name].open(openOptions(this.#location, false));
    const ids: string[] = [];
    for await (const { orderId } of allOrders(store)) ids.push(orderId);
    await store.close();
    return ids;
  }
}

/** Buyers that buy until so many orders were answered. A request to a server that was killed fails. */
async function sell(two: TwoServers, sales: number, onSold: () => void): Promise<void> {
  let sold = 0;
  const buyer = async (index: number) => {
    for (let buys = index; sold < sales; buys++) {
      const server = two.servers[buys % two.servers.length];
      const eventId = `race-${(buys % EVENTS) + 1}`;
      const answer = await server
        ?.buy({ eventId, customer: `buyer ${index}` })
        .catch(() => undefined);
      await answer?.arrayBuffer().catch(() => {});
      if (answer?.status === 201) {
        sold++;
        onSold();
      } else await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: BUYERS }, (_, index) => buyer(index * 7)));
}

test.each(storeNames)(
  '%s: every order is received in order, also if the receiver fails and servers are killed',
  async (name) => {
    const receiver = await WebhookReceiver.startForTest(badReceiver(11));
    const two = await TwoServers.start(name, receiver);
    const reached = (share: number) => () => receiver.orderIds.length >= share * SALES;
    const injectFaults = async () => {
      await until('some are received', reached(0.1), 120_000);
      await receiver.close();
      await sleep(DOWN_MS);
      await receiver.listen();
      for (let kill = 1; kill <= KILLS; kill++) {
        await until('more are received', reached(0.1 + (0.7 * kill) / KILLS), 300_000);
        await two.killFollower();
      }
    };
    let sold = 0;
    await Promise.all([sell(two, SALES, () => sold++), injectFaults()]);
    const expected = await two.orderIds();
    await until('all are received', () => receiver.orderIds.length >= expected.length, 600_000);

    const { accepted, orderIds, attempts, unsigned } = receiver;
    expect(sold).toBeGreaterThanOrEqual(SALES);
    expect([...orderIds].sort()).toEqual([...expected].sort());
    expect(outOfOrder(accepted)).toEqual([]);
    const ids = new Set(accepted.map(({ id }) => id));
    expect(ids.size).toBe(expected.length); // a repetition has the id of the first delivery
    expect(unsigned).toBe(0);
    expect(attempts).toBeGreaterThan(expected.length * 1.2); // it did fail
    console.log(
      `${name}: ${sold} sold, ${expected.length} on record, ${accepted.length} accepted, ${accepted.length - ids.size} repeated, ${attempts} attempts`,
    );
  },
  900_000,
);
