import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ANNOUNCE_MS } from '../../src/cluster/timeouts.js';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { SHUTDOWN_MS_MAX } from '../torture/faults/shutdown-under-load.js';

const events = { big: anEvent(1_000_000) };
const buy = { eventId: 'big', customer: 'Ada' };

test('a server exits within 10 s although buys take longer, and answers the unsold ones with 503', async () => {
  const server = await TestServer.startForTest({
    events,
    env: { WORKERS: '1', BATCH_MAX: '1', RACE_WINDOW_MS: '6500' },
  });
  const buys = Array.from({ length: 4 }, () => server.buy(buy));
  await server.untilAccepted(4);
  const signaledAt = performance.now();
  const [{ code }, ...answers] = await Promise.all([server.stop(), ...buys]);
  expect(code).toBe(0);
  expect(performance.now() - signaledAt).toBeLessThan(SHUTDOWN_MS_MAX);
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([201, 503, 503, 503]);
  expect(server.receipts()).toHaveLength(1);
});

test('SIGHUP does not close a server without a terminal; SIGTERM announces its closing first', async () => {
  const server = await TestServer.startForTest({ events, env: { WORKERS: '2' } });
  server.signal('SIGHUP'); // as under nohup, when its terminal is closed
  await sleep(500);
  expect((await server.buy(buy)).status).toBe(201);
  expect((await server.fetch('/readyz')).status).toBe(200);

  const signaledAt = performance.now();
  server.signal('SIGTERM');
  const readiness = async () => (await server.fetch('/readyz')).status;
  await until('it is not ready', async () => (await readiness()) === 503, ANNOUNCE_MS);
  // It still listens and sells, also on new connections.
  expect((await server.buy(buy, { connection: 'close' })).status).toBe(201);
  expect((await server.ended).code).toBe(0);
  expect(performance.now() - signaledAt).toBeGreaterThan(ANNOUNCE_MS);
});

test('SIGINT closes a server without an announcement', async () => {
  const server = await TestServer.startForTest({ events, env: { WORKERS: '1' } });
  server.signal('SIGINT');
  const isRefused = () =>
    server.buy(buy, { connection: 'close' }).then(
      () => false,
      () => true,
    );
  await until('it stopped listening', isRefused, ANNOUNCE_MS);
  expect((await server.ended).code).toBe(0);
});
