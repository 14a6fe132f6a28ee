import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { isRunning, TestServer } from '../support/office.js';
import { until } from '../support/processes.js';
import { aRound } from '../torture/a-round.js';
import { closeUnderLoad, expectNothingLost } from '../torture/rows/closed-under-load.js';

const events = { big: anEvent(1_000_000) };

describe('an office that is asked to close', () => {
  test.each([
    ['SIGTERM', 'json'],
    ['SIGINT', 'json'],
    ['SIGTERM', 'ledger'],
  ] as const)('answers what it accepted: %s, %s', async (signal, store) => {
    await expectNothingLost(await closeUnderLoad(aRound(), { store, mode: 'file', signal }));
  });

  test('one that just ends loses answers', async () => {
    const program = 'test/programs/abrupt-office';
    const closed = await closeUnderLoad(aRound(), { store: 'json', mode: 'file', program });
    expect(closed.lost).toBeGreaterThan(0);
    await expect(expectNothingLost(closed)).rejects.toThrow();
  });

  test('ends within 10 s although a buy takes longer, and says 503 to what it could not sell', async () => {
    const office = await TestServer.startForTest({
      events,
      env: { WORKERS: '1', BATCH_MAX: '1', RACE_WINDOW_MS: '5000' },
    });
    const buys = Array.from({ length: 4 }, () => office.buy({ eventId: 'big', customer: 'x' }));
    await sleep(300);
    const askedAt = performance.now();
    const [{ code }, ...answers] = await Promise.all([office.stop(), ...buys]);
    expect(code).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(10_000);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 503, 503, 503]);
    expect(office.receipts()).toHaveLength(1);
  }, 30_000);

  test('ends at once on a second signal', async () => {
    const office = await TestServer.startForTest({
      events,
      env: { WORKERS: '2', RACE_WINDOW_MS: '20000' },
    });
    const pids = (await office.workers()).map(({ pid }) => pid);
    const buy = office.buy({ eventId: 'big', customer: 'x' }).catch(() => 'no answer');
    await sleep(300);
    office.signal('SIGTERM');
    await sleep(600);
    const askedAt = performance.now();
    office.signal('SIGTERM');
    expect((await office.ended).code).toBe(130);
    expect(performance.now() - askedAt).toBeLessThan(1000);
    expect(await buy).toBe('no answer');
    await until('the workers are gone', () => !pids.some(isRunning));
  });

  test('takes the echo of a signal for what it is', async () => {
    const office = await TestServer.startForTest({
      events,
      env: { WORKERS: '1', RACE_WINDOW_MS: '1000' },
    });
    const buy = office.buy({ eventId: 'big', customer: 'x' });
    await sleep(200);
    office.signal('SIGINT'); // a terminal signals the group,
    office.signal('SIGINT'); // and npm passes the signal on
    expect((await buy).status).toBe(201);
    expect((await office.ended).code).toBe(0);
  });
});
