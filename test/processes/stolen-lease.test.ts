import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { anEvent, testFolder } from '../support/folder.js';
import { kill, TestOffice } from '../support/office.js';

const STALE_MS = 2000;

/**
 * Two offices sell from one folder. The first one's worker is stopped in its critical section, after
 * it has read and before it writes, for longer than a lease lasts; the second one sells; then the
 * first one goes on as if nothing had happened.
 */
async function sellPastAStoppedHolder(store: string, mode: string) {
  const folder = testFolder({ gala: anEvent(10) });
  const env = {
    STORE: store,
    LOCK_MODE: mode,
    WORKERS: '1',
    LOCK_STALE_MS: String(STALE_MS),
    LOCK_TIMEOUT_MS: '20000',
    HEARTBEAT_TIMEOUT_MS: '60000', // nobody ends the one that is stopped
  };
  const slow = await TestOffice.startForTest({ folder, env: { ...env, RACE_WINDOW_MS: '1000' } });
  const quick = await TestOffice.startForTest({ folder, env });
  const pid = (await slow.workers())[0]?.pid ?? 0;

  const first = slow.buy({ eventId: 'gala', customer: 'Ada' });
  await sleep(500); // it has read, and pauses
  kill(pid, 'SIGSTOP');
  const second = quick.buy({ eventId: 'gala', customer: 'Bob' });
  await sleep(STALE_MS + 1500);
  kill(pid, 'SIGCONT');

  const sales = await Promise.all([first, second].map(async (answer) => (await answer).json()));
  const serials = (sales as { serials: number[] }[]).flatMap((sale) => sale.serials);
  return { serials: serials.sort(), verdict: await quick.verdict() };
}

describe('a holder that is stopped in its critical section, and goes on later', () => {
  test('json, file: the lease is stolen, and one ticket is sold twice', async () => {
    const { serials, verdict } = await sellPastAStoppedHolder('json', 'file');
    expect(serials).toEqual([1, 1]);
    expect(verdict).toMatchObject({ verdict: 'broken', lostUpdates: 1 });
  });

  test('json, kernel: the lock is not stolen, and the other one waits', async () => {
    const { serials, verdict } = await sellPastAStoppedHolder('json', 'kernel');
    expect(serials).toEqual([1, 2]);
    expect(verdict.verdict).toBe('holds');
  });

  test('ledger, file: the lease is stolen, and it does not matter', async () => {
    const { serials, verdict } = await sellPastAStoppedHolder('ledger', 'file');
    expect(serials).toEqual([1, 2]);
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(verdict.skipped).toBeGreaterThan(0); // the overtaken line stands there, and counts for nothing
  });

  test('ledger, off: there is no lock to steal', async () => {
    const { serials, verdict } = await sellPastAStoppedHolder('ledger', 'off');
    expect(serials).toEqual([1, 2]);
    expect(verdict.verdict).toBe('holds');
    expect(verdict.skipped).toBeGreaterThan(0);
  });
});
