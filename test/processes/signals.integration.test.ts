import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ANNOUNCE_MS } from '../../src/cluster/timeouts.js';
import { anEvent } from '../support/folder.js';
import { built, run, until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';

const events = { big: anEvent(1_000_000) };
const buy = { eventId: 'big', customer: 'Ada' };

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

test('SIGINT closes it without an announcement', async () => {
  const server = await TestServer.startForTest({ events, env: { WORKERS: '1' } });
  server.signal('SIGINT');
  await until(
    'it stopped listening',
    () =>
      server.buy(buy, { connection: 'close' }).then(
        () => false,
        () => true,
      ),
    ANNOUNCE_MS,
  );
  expect((await server.ended).code).toBe(0);
});

test("another program's cluster cannot run it as a worker", async () => {
  const { code, stderr, stdout } = await run('test/programs/foreign-cluster', {
    args: [built('src/main')],
    env: { PORT: '0' },
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'this process was started as a worker of another cluster (pm2 -i?): start one process, and set WORKERS\n',
  );
});
