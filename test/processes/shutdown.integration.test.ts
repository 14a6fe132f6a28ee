import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { isRunning, TestServer } from '../support/test-server.js';
import { expectNothingLost, shutDownUnderLoad } from '../torture/faults/shutdown-under-load.js';
import { testRound } from '../torture/round.js';

const events = { big: anEvent(1_000_000) };

describe('a server that is asked to shut down', () => {
  test.each([
    ['SIGTERM', 'json'],
    ['SIGINT', 'json'],
    ['SIGTERM', 'ledger'],
  ] as const)('answers every accepted buy: %s, %s', async (signal, store) => {
    await expectNothingLost(await shutDownUnderLoad(testRound(), { store, mode: 'file', signal }));
  });

  test('negative control: answers are lost if it exits without draining', async () => {
    const program = 'test/programs/exit-without-draining';
    const result = await shutDownUnderLoad(testRound(), { store: 'json', mode: 'file', program });
    expect(result.lost).toBeGreaterThan(0);
    await expect(expectNothingLost(result)).rejects.toThrow();
  });

  test('exits within 10 s although buys take longer, and answers the unsold ones with 503', async () => {
    const server = await TestServer.startForTest({
      events,
      env: { WORKERS: '1', BATCH_MAX: '1', RACE_WINDOW_MS: '5000' },
    });
    const buys = Array.from({ length: 4 }, () => server.buy({ eventId: 'big', customer: 'x' }));
    await sleep(300);
    const signaledAt = performance.now();
    const [{ code }, ...answers] = await Promise.all([server.stop(), ...buys]);
    expect(code).toBe(0);
    expect(performance.now() - signaledAt).toBeLessThan(10_000);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 503, 503, 503]);
    expect(server.receipts()).toHaveLength(1);
  }, 30_000);

  test('exits immediately on a second signal', async () => {
    const server = await TestServer.startForTest({
      events,
      env: { WORKERS: '2', RACE_WINDOW_MS: '20000' },
    });
    const pids = (await server.workers()).map(({ pid }) => pid);
    const buy = server.buy({ eventId: 'big', customer: 'x' }).catch(() => 'no answer');
    await sleep(300);
    server.signal('SIGTERM');
    await sleep(600);
    const signaledAt = performance.now();
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(130);
    expect(performance.now() - signaledAt).toBeLessThan(1000);
    expect(await buy).toBe('no answer');
    await until('the workers have exited', () => !pids.some(isRunning));
  });

  test('ignores a repeated signal right after the first', async () => {
    const server = await TestServer.startForTest({
      events,
      env: { WORKERS: '1', RACE_WINDOW_MS: '1000' },
    });
    const buy = server.buy({ eventId: 'big', customer: 'x' });
    await sleep(200);
    server.signal('SIGINT'); // Ctrl-C: the terminal signals the process group,
    server.signal('SIGINT'); // and npm forwards its own signal
    expect((await buy).status).toBe(201);
    expect((await server.ended).code).toBe(0);
  });
});
