import { describe, expect, onTestFinished, test } from 'vitest';
import { LocalPostgres } from '../../bench/local-postgres.js';
import { TestDatabase } from '../support/database.js';
import { Load } from '../support/load.js';
import { events, expectRight, officeOn, untilSoldSince } from '../support/postgres-offices.js';
import { run, until } from '../support/processes.js';
import { Wire } from '../support/wire.js';

describe('a database that goes away', () => {
  test('is killed and started again under load: 503 meanwhile, and no restart', async () => {
    const server = await LocalPostgres.create();
    onTestFinished(() => server.dispose());
    const database = await TestDatabase.forTest(events, server.address());
    const offices = [await officeOn(database), await officeOn(database)] as const;
    const pids = (await Promise.all(offices.map((office) => office.workers()))).flat();
    const loads = offices.map(({ url }) => new Load(url, 'big', 8));
    for (let round = 1; round <= 2; round++) {
      await until('both sell', () => loads.every((load) => load.sold.length > 20 * round));
      await server.kill();
      const killedAt = performance.now();
      await until('it is not ready', async () => {
        const answer = await offices[0].fetch('/readyz');
        return answer.status === 503 && answer.headers.get('retry-after') === '1';
      });
      await until('buyers are told so', () =>
        loads.every((load) =>
          load.answers.some(({ status, at }) => status === 503 && at > killedAt),
        ),
      );
      await server.start();
      const backAt = performance.now();
      await Promise.all(loads.map((load) => untilSoldSince(load, backAt)));
      await until('it is ready', async () => (await offices[0].fetch('/readyz')).status === 200);
    }
    await Promise.all(loads.map((load) => load.stop()));
    const after = (await Promise.all(offices.map((office) => office.workers()))).flat();
    expect(after.map(({ pid }) => pid)).toEqual(pids.map(({ pid }) => pid));
    // No answer at all is worse than a 503, and nobody was left with it.
    expect(loads.flatMap((load) => load.answers.filter(({ status }) => status === 0))).toEqual([]);
    await expectRight(offices[0], ...loads);

    // And once more it says that it is open, so that a reset keeps away.
    await until('the office is seen again', async () => {
      const { code, stderr } = await run('src/cli/reset', { args: ['--yes'], env: database.env });
      return code === 2 && stderr.includes('stop it first');
    });
  }, 120_000);

  test('one of three primaries is cut off in the middle of its batches: the others go on', async () => {
    const database = await TestDatabase.forTest(events);
    const wire = await Wire.forTest(database.address);
    const times = { LOCK_STALE_MS: '2000', LOCK_TIMEOUT_MS: '4000', RACE_WINDOW_MS: '20' };
    const offices = [
      await officeOn(database, times),
      await officeOn(database, times),
      await officeOn(database, { ...times, DATABASE_URL: wire.address }),
    ] as const;
    const loads = offices.map(({ url }) => new Load(url, 'big', 6)) as [Load, Load, Load];
    await until('all sell', () => loads.every((load) => load.sold.length > 10));
    wire.silence();
    const cutAt = performance.now();
    await Promise.all([
      untilSoldSince(loads[0], cutAt + 2_500),
      untilSoldSince(loads[1], cutAt + 2_500),
    ]);
    await until(
      'the third says so',
      () => loads[2].answers.some(({ status, at }) => status === 503 && at > cutAt),
      20_000,
    );
    wire.mend();
    await untilSoldSince(loads[2], performance.now());
    await Promise.all(loads.map((load) => load.stop()));
    await expectRight(offices[0], ...loads);
  }, 120_000);

  test('without a database a start gives up in time, with one line and exit 5', async () => {
    const DATABASE_URL = 'postgres://ada:hunter2@127.0.0.1:1/tickets';
    const env = { STORE: 'postgres', DATABASE_URL, DATABASE_WAIT_S: '1', PORT: '0' };
    const startedAt = performance.now();
    const { code, stdout, stderr } = await run('src/main', { env });
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(
      /^no database answers at postgres:\/\/ada@127\.0\.0\.1:1\/tickets within 1 s: .*\n$/,
    );
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
