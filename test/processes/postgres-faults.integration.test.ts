import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TestDatabase } from '../support/database.js';
import { DatabaseProxy } from '../support/database-proxy.js';
import { anEvent } from '../support/folder.js';
import { LOST_MS, Load } from '../support/load.js';
import {
  events,
  expectNothingLost,
  startServerOn,
  untilSoldSince,
} from '../support/postgres-servers.js';
import { until } from '../support/processes.js';
import { isRunning, kill } from '../support/test-server.js';
import { collideOn, crowdEvents } from '../torture/faults/crowds.js';
import { sendRequest } from '../torture/send-request.js';

const modes = ['row', 'optimistic'] as const;

/** A crowd needs ticket codes, and these need a secret. */
const crowdEnv = {
  RACE_WINDOW_MS: '10',
  ORDER_SECRET: 'a secret of this test, long enough for codes',
};

describe.each(modes)('postgres, %s', (mode) => {
  test('kill -9 of workers under load', async () => {
    const database = await TestDatabase.forTest(events);
    const server = await startServerOn(database, { LOCK_MODE: mode });
    const load = new Load(server.url, 'big', 16, { answerMs: LOST_MS, pauseMs: 20 });
    for (let round = 0; round < 3; round++) {
      await until('the server sells', () => load.sold.length > 20 * (round + 1));
      const pid = (await server.workers())[round % 2]?.pid ?? 0;
      kill(pid);
      await untilSoldSince(load, performance.now());
      await server.untilAllLive(pid);
    }
    await load.stop();
    await expectNothingLost(server, load);
  });

  test('a worker that is stopped in a transaction does not block others, and commits nothing later', async () => {
    const database = await TestDatabase.forTest(events);
    const times = { LOCK_STALE_MS: '2000', RACE_WINDOW_MS: '50' };
    // Only the database ends the transaction of the stopped worker: its primary does not kill it.
    const patient = { LOCK_TIMEOUT_MS: '30000', HEARTBEAT_TIMEOUT_MS: '120000' };
    const env = { LOCK_MODE: mode, WORKERS: '1', ...times, ...patient };
    const [one, two] = [await startServerOn(database, env), await startServerOn(database, env)];
    const load = new Load(one.url, 'big', 8, { pauseMs: 20 });
    const other = new Load(two.url, 'big', 8, { pauseMs: 20 });
    await until('both servers sell', () => load.sold.length > 5 && other.sold.length > 5);
    const pids = (await one.workers()).map(({ pid }) => pid);
    for (const pid of pids) kill(pid, 'SIGSTOP');
    const stoppedAt = performance.now();
    // The database ends the stopped transaction after its timeout, which releases the row lock.
    await untilSoldSince(other, stoppedAt + 100);
    await sleep(2_500); // longer than that timeout
    for (const pid of pids) kill(pid, 'SIGCONT');
    await untilSoldSince(load, performance.now());
    await Promise.all([load.stop(), other.stop()]);
    await expectNothingLost(two, load, other);
  });

  test('a lost COMMIT answer is a 503, and a retry with the key gets the order', async () => {
    const database = await TestDatabase.forTest({ a: anEvent(10) });
    const proxy = await DatabaseProxy.forTest(database.address);
    const env = { LOCK_MODE: mode, DATABASE_URL: proxy.address, WORKERS: '1' };
    const server = await startServerOn(database, env);
    const buy = () =>
      server.buy({ eventId: 'a', customer: 'Ada', quantity: 2 }, { 'idempotency-key': 'mine' });
    proxy.loseAnswersTo(1);
    const lost = await buy();
    expect(proxy.commitsLost).toBe(1);
    expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await lost.json()).toMatchObject({
      type: '/problems/commit-unknown',
      title: expect.stringContaining('unknown'),
    });
    const again = await buy();
    expect(again.status).toBe(201);
    expect(await again.json()).toMatchObject({ serials: [1, 2], remaining: 8, version: 1 });
    expect(await server.remaining('a')).toBe(8); // sold once, by the first attempt
    expect((await server.verdict()).verdict).toBe('holds');
  });

  test('a confirmation whose COMMIT answer is lost is asked for again, and gets the one order', async () => {
    const database = await TestDatabase.forTest({ a: anEvent(10) });
    const proxy = await DatabaseProxy.forTest(database.address);
    const env = { LOCK_MODE: mode, DATABASE_URL: proxy.address, WORKERS: '1' };
    const server = await startServerOn(database, env);
    const body = { eventId: 'a', customer: 'Ada', quantity: 2 };
    const { holdId } = (await sendRequest(server, 'POST', '/holds', body)).body;
    const confirm = () => sendRequest(server, 'POST', `/holds/${holdId}/confirm`);
    proxy.loseAnswersTo(1);
    expect((await confirm()).status).toBe(503);
    expect(proxy.commitsLost).toBe(1);
    const again = await confirm();
    expect([200, 201]).toContain(again.status);
    expect(again.body).toMatchObject({ serials: [1, 2], customer: 'Ada' });
    expect((await confirm()).body).toEqual(again.body);
    expect(await server.remaining('a')).toBe(8);
    expect((await server.verdict()).verdict).toBe('holds');
  });

  test('crowds that cancel, admit and edit change each thing once', async () => {
    const database = await TestDatabase.forTest(crowdEvents);
    const server = await startServerOn(database, { LOCK_MODE: mode, ...crowdEnv });
    expect(await collideOn(server)).toEqual({ cancel: 'holds', admit: 'holds', edit: 'holds' });
  });
});

describe('postgres', () => {
  test('a server that shuts down answers every accepted buy', async () => {
    const database = await TestDatabase.forTest(events);
    const server = await startServerOn(database, { RACE_WINDOW_MS: '50' });
    const load = new Load(server.url, 'big', 16);
    await until('the server sells', () => load.sold.length > 20);
    const pids = (await server.workers()).map(({ pid }) => pid);
    const signaledAt = performance.now();
    expect((await server.stop()).code).toBe(0);
    await load.stop();
    const lost = load.answers.filter(
      ({ status, sentAt }) => status === 0 && sentAt < signaledAt - 50,
    );
    expect(lost).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(load.sold).toHaveLength((await server.soldSerials('big')).length);
    await expectNothingLost(server, load);
  });

  test('buyers beyond QUEUE_MAX are rejected with 503, and nothing is sold to them', async () => {
    const database = await TestDatabase.forTest(events);
    const env = { WORKERS: '1', QUEUE_MAX: '4', BATCH_MAX: '1', RACE_WINDOW_MS: '20' };
    const server = await startServerOn(database, env);
    const load = new Load(server.url, 'big', 32);
    await until('many buys are rejected', () => load.answers.length - load.sold.length > 50);
    await until('some buys are sold', () => load.sold.length > 20);
    await load.stop();
    const statuses = new Set(load.answers.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([201, 503]);
    expect(load.sold).toHaveLength((await server.soldSerials('big')).length);
    await expectNothingLost(server, load);
  });

  test('a server whose clock is an hour ahead or behind sells as usual', async () => {
    const database = await TestDatabase.forTest(events);
    const program = 'test/programs/wrong-clock';
    const servers = [
      await startServerOn(database, { WORKERS: '1' }),
      await startServerOn(database, { WORKERS: '1', CLOCK_OFFSET_MS: '3600000' }, { program }),
      await startServerOn(database, { WORKERS: '1', CLOCK_OFFSET_MS: '-3600000' }, { program }),
    ] as const;
    const loads = servers.map(({ url }) => new Load(url, 'big', 6));
    await until('all servers sell', () => loads.every((load) => load.sold.length > 20));
    await Promise.all(loads.map((load) => load.stop()));
    await expectNothingLost(servers[0], ...loads);
  });
});

describe('negative control', () => {
  test('without row locks, crowds cancel twice, admit twice or lose an edit', async () => {
    const database = await TestDatabase.forTest(crowdEvents);
    const server = await startServerOn(database, { LOCK_MODE: 'off', ...crowdEnv });
    expect(Object.values(await collideOn(server))).toContain('broken');
  });

  test('without row locks, two servers sell tickets twice', async () => {
    const database = await TestDatabase.forTest(events);
    const program = 'test/programs/postgres-without-row-locks';
    const servers = [
      await startServerOn(database, { WORKERS: '1' }, { program }),
      await startServerOn(database, { WORKERS: '1' }, { program }),
    ];
    const loads = servers.map(({ url }) => new Load(url, 'big', 8));
    const isBroken = async () => (await servers[0]?.verdict())?.verdict === 'broken';
    await until('a ticket is sold twice', isBroken);
    await Promise.all(loads.map((load) => load.stop()));
  });

  test('a batch that is retried after a lost COMMIT answer is sold twice', async () => {
    const database = await TestDatabase.forTest({ a: anEvent(10) });
    const proxy = await DatabaseProxy.forTest(database.address);
    const program = 'test/programs/postgres-retry-unknown-commit';
    const env = { DATABASE_URL: proxy.address, WORKERS: '1' };
    const server = await startServerOn(database, env, { program });
    proxy.loseAnswersTo(1);
    const answer = await server.buy({ eventId: 'a', customer: 'Ada', quantity: 2 });
    expect(await answer.json()).toMatchObject({ serials: [3, 4] });
    expect(await server.soldSerials('a')).toHaveLength(4);
  });
});
