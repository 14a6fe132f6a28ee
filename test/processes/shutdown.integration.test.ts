import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { isRunning, TestServer } from '../support/test-server.js';
import { expectNothingLost, shutDownUnderLoad } from '../torture/faults/shutdown-under-load.js';
import { testRound } from '../torture/round.js';

const events = { big: anEvent(1_000_000) };

// Other settings: torture/shutdown-under-load.integration.test.ts; its time: shutdown.timing.test.ts.
describe('a server that is asked to shut down', () => {
  test.each([
    ['SIGINT', 'json'],
    ['SIGTERM', 'ledger'],
  ] as const)('answers every accepted buy: %s, %s', async (signal, store) => {
    await expectNothingLost(await shutDownUnderLoad(testRound(), { store, mode: 'file', signal }));
  });

  test('negative control: answers are lost if it exits without draining', async () => {
    const program = 'test/programs/exit-without-draining';
    const options = { store: 'json', mode: 'file', program, windowMs: 1_000 } as const;
    const result = await shutDownUnderLoad(testRound(), options);
    expect(result.lost).toBeGreaterThan(0);
    await expect(expectNothingLost(result)).rejects.toThrow();
  });

  test('exits immediately on a second signal', async () => {
    const server = await TestServer.startForTest({
      events,
      env: { WORKERS: '2', RACE_WINDOW_MS: '60000' },
    });
    const pids = (await server.workers()).map(({ pid }) => pid);
    const buy = server.buy({ eventId: 'big', customer: 'x' }).catch(() => 'no answer');
    await server.untilAccepted(1);
    server.signal('SIGTERM');
    const readiness = async () => (await server.fetch('/readyz').catch(() => undefined))?.status;
    await until('it has got the signal', async () => (await readiness()) !== 200);
    await sleep(600); // a signal right after the first is a repetition
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(130); // after draining it would be 0
    expect(await buy).toBe('no answer');
    await until('the workers have exited', () => !pids.some(isRunning));
  });

  test('ignores a repeated signal right after the first', async () => {
    const server = await TestServer.startForTest({
      events,
      env: { WORKERS: '1', RACE_WINDOW_MS: '3000' },
    });
    const buy = server.buy({ eventId: 'big', customer: 'x' });
    await server.untilAccepted(1);
    server.signal('SIGINT'); // Ctrl-C: the terminal signals the process group,
    server.signal('SIGINT'); // and npm forwards its own signal
    expect((await buy).status).toBe(201);
    expect((await server.ended).code).toBe(0);
  });
});
