import { expect } from 'vitest';
import type { TestDatabase } from './database.js';
import { anEvent } from './folder.js';
import type { Load } from './load.js';
import { until } from './processes.js';
import { TestServer, type TestServerOptions } from './test-server.js';

export const events = { big: anEvent(1_000_000) };

/** Starts a server on this database, which is disposed of when the test ends. */
export const startServerOn = (
  database: TestDatabase,
  env: NodeJS.ProcessEnv = {},
  rest: TestServerOptions = {},
) =>
  TestServer.startForTest({
    database,
    env: { WORKERS: '2', LOG_LEVEL: 'silent', ...env },
    ...rest,
  });

/** Every ticket that a buyer got is in the database, none was sold twice, and the verdict holds. */
export async function expectNothingLost(server: TestServer, ...loads: Load[]): Promise<void> {
  const sold = loads.flatMap((load) => load.sold.flatMap(({ serials }) => serials ?? []));
  expect(sold.length).toBeGreaterThan(20);
  expect(new Set(sold).size).toBe(sold.length);
  const recorded = new Set(await server.soldSerials('big'));
  expect(sold.filter((serial) => !recorded.has(serial))).toEqual([]);
  expect(await server.verdict()).toMatchObject({
    verdict: 'holds',
    lostUpdates: 0,
    withdrawn: 0,
    skipped: 0,
  });
}

/** Waits until a buy is sold that was sent after a moment. */
export const untilSoldSince = (load: Load, since: number): Promise<void> =>
  until('tickets are sold again', () => load.sold.some(({ sentAt }) => sentAt > since));
