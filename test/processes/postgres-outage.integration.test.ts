import { describe, expect, onTestFinished, test } from 'vitest';
import { LocalPostgres } from '../../bench/local-postgres.js';
import { TestDatabase } from '../support/database.js';
import { DatabaseProxy } from '../support/database-proxy.js';
import { Load } from '../support/load.js';
import {
  events,
  expectNothingLost,
  startServerOn,
  untilSoldSince,
} from '../support/postgres-servers.js';
import { run, until } from '../support/processes.js';

describe('a database', () => {
  test('is killed and restarted under load: 503 during the outage, and no worker restarts', async () => {
    const server = await LocalPostgres.create();
    onTestFinished(() => server.dispose());
    const database = await TestDatabase.forTest(events, server.address());
    const one = { WORKERS: '1' };
    const servers = [
      await startServerOn(database, one),
      await startServerOn(database, one),
    ] as const;
    const pids = (await Promise.all(servers.map((server) => server.workers()))).flat();
    const loads = servers.map(({ url }) => new Load(url, 'big', 8, { pauseMs: 20 }));
    for (let round = 1; round <= 2; round++) {
      await until('both servers sell', () => loads.every((load) => load.sold.length > 20 * round));
      await server.kill();
      const killedAt = performance.now();
      await until('the server is not ready', async () => {
        const answer = await servers[0].fetch('/readyz');
        return answer.status === 503 && answer.headers.get('retry-after') === '1';
      });
      await until('buyers get a 503', () =>
        loads.every((load) =>
          load.answers.some(({ status, at }) => status === 503 && at > killedAt),
        ),
      );
      await server.start();
      const backAt = performance.now();
      await Promise.all(loads.map((load) => untilSoldSince(load, backAt)));
      await until(
        'the server is ready',
        async () => (await servers[0].fetch('/readyz')).status === 200,
      );
    }
    await Promise.all(loads.map((load) => load.stop()));
    const after = (await Promise.all(servers.map((server) => server.workers()))).flat();
    expect(after.map(({ pid }) => pid)).toEqual(pids.map(({ pid }) => pid));
    // Every buy got an answer, if only a 503.
    expect(loads.flatMap((load) => load.answers.filter(({ status }) => status === 0))).toEqual([]);
    await expectNothingLost(servers[0], ...loads);

    // The servers announce again that they are open, so a reset is rejected.
    await until('reset is rejected', async () => {
      const { code, stderr } = await run('src/cli/reset', { args: ['--yes'], env: database.env });
      return code === 2 && stderr.includes('stop it first');
    });
  });

  test('one of three primaries loses its connection during batches: the others keep selling', async () => {
    const database = await TestDatabase.forTest(events);
    const proxy = await DatabaseProxy.forTest(database.address);
    const times = {
      WORKERS: '1',
      LOCK_STALE_MS: '2000',
      LOCK_TIMEOUT_MS: '4000',
      RACE_WINDOW_MS: '20',
    };
    const servers = [
      await startServerOn(database, times),
      await startServerOn(database, times),
      await startServerOn(database, { ...times, DATABASE_URL: proxy.address }),
    ] as const;
    const loads = servers.map(({ url }) => new Load(url, 'big', 6, { pauseMs: 20 })) as [
      Load,
      Load,
      Load,
    ];
    await until('all servers sell', () => loads.every((load) => load.sold.length > 10));
    proxy.silence();
    const cutAt = performance.now();
    await Promise.all([
      untilSoldSince(loads[0], cutAt + 2_500),
      untilSoldSince(loads[1], cutAt + 2_500),
    ]);
    await until('buyers of the third get a 503', () =>
      loads[2].answers.some(({ status, at }) => status === 503 && at > cutAt),
    );
    proxy.restore();
    await untilSoldSince(loads[2], performance.now());
    await Promise.all(loads.map((load) => load.stop()));
    await expectNothingLost(servers[0], ...loads);
  });

  test('is missing at a start: exit code 5 in time, with one line', async () => {
    const DATABASE_URL = 'postgres://ada:hunter2@127.0.0.1:1/tickets';
    const env = { STORE: 'postgres', DATABASE_URL, DATABASE_WAIT_S: '1', PORT: '0' };
    const startedAt = performance.now();
    const { code, stdout, stderr } = await run('src/main', { env });
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(
      /^no database answers at postgres:\/\/ada@127\.0\.0\.1:1\/tickets within 1 s: .*\n$/,
    );
    expect(performance.now() - startedAt).toBeLessThan(25_000); // without the setting, it waits for 30 s
  });
});
