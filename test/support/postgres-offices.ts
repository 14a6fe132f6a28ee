import { expect } from 'vitest';
import type { TestDatabase } from './database.js';
import { anEvent } from './folder.js';
import type { Load } from './load.js';
import { type OfficeOptions, TestServer } from './office.js';
import { until } from './processes.js';

export const events = { big: anEvent(1_000_000) };

/** An office on this database, which is gone when the test ends. */
export const officeOn = (
  database: TestDatabase,
  env: NodeJS.ProcessEnv = {},
  rest: OfficeOptions = {},
) =>
  TestServer.startForTest({
    database,
    env: { WORKERS: '2', LOG_LEVEL: 'silent', ...env },
    ...rest,
  });

/** Every ticket that a buyer was told of is in the database, none was told twice, and the verdict holds. */
export async function expectRight(office: TestServer, ...loads: Load[]): Promise<void> {
  const results = loads.flatMap((load) => load.sold.flatMap(({ serials }) => serials ?? []));
  expect(results.length).toBeGreaterThan(20);
  expect(new Set(results).size).toBe(results.length);
  const there = new Set(await office.soldSerials('big'));
  expect(results.filter((serial) => !there.has(serial))).toEqual([]);
  expect(await office.verdict()).toMatchObject({
    verdict: 'holds',
    lostUpdates: 0,
    withdrawn: 0,
    skipped: 0,
  });
}

/** Waits until somebody has bought since a moment. */
export const untilSoldSince = (load: Load, since: number): Promise<void> =>
  until('somebody sells again', () => load.sold.some(({ sentAt }) => sentAt > since), 20_000);
