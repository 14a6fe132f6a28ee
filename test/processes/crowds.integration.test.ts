import { expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { histogram } from '../support/metrics.js';
import { TestServer } from '../support/office.js';

const BUYS = 60;

/** How many batches sixty buys at once were sold in. */
async function batchesOf(env: NodeJS.ProcessEnv): Promise<number> {
  const office = await TestServer.startForTest({ events: { big: anEvent(1000) }, env });
  const buys = Array.from({ length: BUYS }, () => office.buy({ eventId: 'big', customer: 'x' }));
  expect((await Promise.all(buys)).map(({ status }) => status)).toEqual(Array(BUYS).fill(201));
  const metrics = await (await fetch(new URL('/metrics', office.url))).text();
  const { count, sum } = histogram(metrics, 'turnstile_batch_buys');
  expect(sum).toBe(BUYS);
  return count;
}

test.each([
  { LOCK_MODE: 'off', WORKERS: '2' },
  { LOCK_MODE: 'mutex', WORKERS: '2' },
  { LOCK_MODE: 'file', WORKERS: '2', BATCH_MAX: '1' },
])('%o sells one by one', async (env) => {
  expect(await batchesOf(env)).toBe(BUYS);
});

test.each([
  { LOCK_MODE: 'mutex', WORKERS: '1' },
  { LOCK_MODE: 'file', WORKERS: '2' },
  { STORE: 'ledger', LOCK_MODE: 'off', WORKERS: '2' },
])('%o sells to a crowd in one turn', async (env) => {
  expect(await batchesOf(env)).toBeLessThan(BUYS);
});
