import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Order } from '../../src/booking/outcomes.js';
import type { AcquiredOutbox, OutboxBackend } from '../../src/outbox/backend.js';
import { SharedConnection } from '../../src/outbox/database-connection.js';
import { openJsonSource } from '../../src/outbox/json-source.js';
import { newProgress } from '../../src/outbox/progress.js';
import { connectionOptions } from '../../src/store/postgres/address.js';
import { acquireOutbox } from '../../src/store/postgres/sql/advisory.js';
import { TestDatabase } from '../support/database.js';
import { answerOk } from '../support/webhook-receiver.js';
import { TestOutbox } from './test-outbox.js';

/** A backend whose outbox is another one once it is acquired. */
const changed = (
  backend: OutboxBackend,
  change: (outbox: AcquiredOutbox) => AcquiredOutbox,
): OutboxBackend => ({
  requests: backend.requests,
  create: () => backend.create(),
  async acquire() {
    const outbox = await backend.acquire();
    return outbox && change(outbox);
  },
  read: () => backend.read(),
  close: () => backend.close(),
});

/** A connection of its own to the database. */
async function connect({ location }: TestOutbox): Promise<pg.Client> {
  const client = new pg.Client(connectionOptions(location));
  client.on('error', () => {}); // the database is dropped before it is closed
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

/** Saves where a page ends before its messages are sent. */
const cursorBeforeSend = (backend: OutboxBackend): OutboxBackend =>
  changed(backend, (outbox) => ({
    load: () => outbox.load(),
    async openSource(progress) {
      const source = await outbox.openSource(progress);
      return {
        async read(limit) {
          const page = await source.read(limit);
          await outbox.save(newProgress(page.cursor));
          return page;
        },
        order: (orderId) => source.order(orderId),
        close: () => source.close(),
      };
    },
    save: async () => {},
    requests: outbox.requests,
    close: () => outbox.close(),
  }));

/** Lets every process follow the log. */
const withoutLock = (backend: OutboxBackend, folder: string): OutboxBackend => ({
  ...changed(backend, (outbox) => outbox),
  acquire: async () => ({
    load: async () => (await backend.read()) ?? newProgress(),
    openSource: ({ cursor }) => openJsonSource(folder, cursor ?? { offset: 0 }, false),
    save: async () => {},
    requests: backend.requests,
    close: async () => {},
  }),
});

describe('a process that dies before the receiver has answered', () => {
  /** How many of ten messages arrive after a restart. */
  async function receivedAfterDeath(wrap: (backend: OutboxBackend) => OutboxBackend) {
    const tested = await TestOutbox.create('json', () => {}); // never answers
    const backend = await tested.newBackend();
    const first = await tested.start({ backend: wrap(backend) });
    await tested.buy(10);
    await expect.poll(() => tested.receiver.attempts).toBeGreaterThan(0);
    await sleep(1_200); // longer than it waits between two saves
    await first.close(0);
    tested.receiver.answer = answerOk;
    await tested.start();
    await tested.buy(1); // after the ten
    const last = () => tested.receiver.accepted.some(({ data }) => String(data.serials) === '11');
    await expect.poll(last).toBe(true);
    return tested.receiver.orderIds.length - 1;
  }

  test('has lost nothing', async () => {
    expect(await receivedAfterDeath((backend) => backend)).toBe(10);
  });

  test('negative control: with the cursor before the delivery it has lost them', async () => {
    expect(await receivedAfterDeath(cursorBeforeSend)).toBe(0);
  });
});

describe('a disk on which nothing can be saved', () => {
  test('gets few messages delivered, none of them again and again, and all once it is well', async () => {
    const tested = await TestOutbox.create('json');
    let isFull = false;
    const backend = changed(await tested.newBackend(), (outbox) => ({
      load: () => outbox.load(),
      openSource: (progress) => outbox.openSource(progress),
      async save(progress) {
        if (isFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        await outbox.save(progress);
      },
      requests: outbox.requests,
      close: () => outbox.close(),
    }));
    await tested.start({ backend });
    await tested.buy(1);
    await tested.received(1);
    isFull = true;
    await tested.buy(1);
    await expect.poll(() => tested.errors.length).toBeGreaterThan(0);
    const { attempts } = tested.receiver;
    await tested.buy(5);
    await sleep(1_000);
    expect(tested.receiver.attempts).toBe(attempts);
    isFull = false;
    await tested.received(7);
    expect(new Set(tested.receiver.accepted.map(({ id }) => id)).size).toBe(7);
  });
});

describe('two processes on one folder', () => {
  /** Expects that ten messages are accepted so often, and no more often. */
  async function expectAccepted(
    times: number,
    wrap: (backend: OutboxBackend, folder: string) => OutboxBackend,
  ) {
    const tested = await TestOutbox.create('json');
    for (let process = 0; process < 2; process++) {
      await tested.start({ backend: wrap(await tested.newBackend(), tested.location) });
    }
    await tested.buy(10);
    const { receiver } = tested;
    await expect.poll(() => receiver.accepted.length).toBe(10 * times);
    await sleep(1_500); // longer than the other one waits before it tries to follow
    expect(receiver.accepted).toHaveLength(10 * times);
    expect(receiver.orderIds).toHaveLength(10);
  }

  test('deliver each message once', async () => {
    await expectAccepted(1, (backend) => backend);
  });

  test('negative control: without the lock they deliver everything twice', async () => {
    await expectAccepted(2, withoutLock);
  });
});

describe('a commit that becomes visible after one with a higher number', () => {
  /** The number of the lock that it waits for. */
  const GATE = 20_271;

  async function sellOutOfOrder() {
    const tested = await TestOutbox.create('postgres');
    await tested.start();
    const client = await connect(tested);
    // The number of the commit of event b is drawn; then its transaction waits for a lock.
    await client.query(`
      create function slow() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(${GATE}); return null; end $$;
      create trigger slow after insert on turnstile.commits for each row
        when (new.event = (2)) execute function slow()`);
    await client.query(`select pg_advisory_lock(${GATE})`);
    let highest = 0;
    const seen: number[] = [];
    const follow = async () => {
      const { rows } = await client.query(
        'select number::integer, event from turnstile.commits where number > $1 order by number',
        [highest],
      );
      for (const { number, event } of rows) {
        highest = number;
        seen.push(event);
      }
    };
    const late = tested.buy(1, 'b');
    const waiting = async () => {
      const text = `select 1 from pg_locks where locktype = 'advisory' and objid = ${GATE}
        and not granted and database = (select oid from pg_database where datname = current_database())`;
      return (await client.query(text)).rows.length;
    };
    await expect.poll(waiting).toBe(1);
    const [early] = (await tested.buy(1, 'a')) as [Order];
    await follow();
    await client.query(`select pg_advisory_unlock(${GATE})`);
    const [order] = (await late) as [Order];
    await follow();
    const { rows } = await client.query('select event from turnstile.commits order by number');
    return { tested, seen, early, order, written: rows.map(({ event }) => event) };
  }

  test('is delivered; a reader that remembers the highest number would lose it', async () => {
    const { tested, seen, early, order, written } = await sellOutOfOrder();
    expect(written).toEqual([2, 1]);
    expect(seen).toEqual([1]); // negative control
    await tested.received(2);
    expect(tested.receiver.orderIds).toEqual([early.orderId, order.orderId]);
  });
});

describe('a log that is not the one that was followed', () => {
  test.each(['json', 'ledger'] as const)(
    '%s: nothing is delivered from it, and it is reported',
    async (name) => {
      const followed = await TestOutbox.create(name);
      const first = await followed.start();
      await followed.buy(4);
      await followed.received(4);
      await first.close(1_000);
      const other = await TestOutbox.create(name);
      await other.buy(2);
      copyFileSync(join(followed.location, 'outbox.json'), join(other.location, 'outbox.json'));
      await other.start();
      await expect.poll(() => other.errors.length).toBeGreaterThan(0);
      expect(String(other.errors[0])).toContain('up to which the outbox has delivered');
      expect(other.receiver.attempts).toBe(0);
    },
  );
});

describe('a process that loses the lock', () => {
  async function goesOnAfter(tested: TestOutbox, lose: () => Promise<unknown>, error: RegExp) {
    await tested.start();
    await tested.buy(1);
    await tested.received(1);
    await lose();
    const orders = await tested.buy(5);
    await expect.poll(() => tested.receiver.orderIds.length).toBe(6);
    expect(tested.receiver.orderIds.slice(1)).toEqual(orders.map(({ orderId }) => orderId));
    const errors = () => tested.errors.map(String).join();
    await expect.poll(errors).toMatch(error);
  }

  test.each(['json', 'ledger'] as const)(
    '%s: stops, acquires it again, and goes on',
    async (name) => {
      const tested = await TestOutbox.create(name);
      const lose = async () => rmSync(join(tested.location, 'outbox.lock'));
      await goesOnAfter(tested, lose, /outbox\.lock was removed or replaced/);
    },
  );

  test('postgres: the same, when its connection is lost', async () => {
    const tested = await TestOutbox.create('postgres');
    const client = await connect(tested);
    const lose = () =>
      client.query(
        `select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and objid = 5
          and database = (select oid from pg_database where datname = current_database())`,
      );
    await goesOnAfter(tested, lose, /terminat|Connection/i);
  });

  test('postgres: its connection is dropped for good, and has one successor', async () => {
    const { address } = await TestDatabase.forTest();
    const shared = new SharedConnection(address);
    onTestFinished(() => shared.close());
    const acquire = async () => (await (await shared.open()).session.rows(acquireOutbox))[0];
    expect(await acquire()).toEqual({ granted: true });
    const dropped = await shared.open();
    dropped.drop();
    await expect.poll(acquire, { timeout: 45_000 }).toEqual({ granted: true });
    const successor = await shared.open();
    expect([dropped.isLost(), successor.isLost()]).toEqual([true, false]);
    expect(await successor.session.rows('show tcp_keepalives_idle')).toEqual([
      { tcp_keepalives_idle: '5' },
    ]);
  });
});
