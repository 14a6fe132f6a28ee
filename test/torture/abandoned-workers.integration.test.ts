import { describe, expect, test } from 'vitest';
import { kill } from '../support/test-server.js';
import {
  abandonedWorkers,
  events,
  impatient,
  KILLED_MS_MAX,
  ORPHANED_MS_MAX,
  takeOver,
  untilReplaced,
} from './faults/abandoned-workers.js';
import { testRound } from './round.js';

const ledger = { store: 'ledger', mode: 'kernel' } as const;

describe('workers that hang or lose their primary', () => {
  test('are killed and replaced, or exit', async () => {
    expect(await abandonedWorkers.run(testRound())).toMatch(/2 stuck, .*; 2 orphans, /);
  });

  test('negative control: a long heartbeat timeout is detected', async () => {
    const env = { ...impatient(ledger), HEARTBEAT_TIMEOUT_MS: '60000' };
    const server = await testRound().server({ events, env });
    const [worker] = await server.workers();
    kill(worker?.pid ?? 0, 'SIGSTOP');
    const replaced = untilReplaced(server, worker?.pid ?? 0, KILLED_MS_MAX);
    await expect(replaced).rejects.toThrow('is killed');
  });

  test('negative control: an orphan that does not exit is detected', async () => {
    const round = testRound();
    const program = 'test/programs/workers-outlive-primary';
    const server = await round.server({ program, events, env: impatient(ledger) });
    const [worker] = await server.workers();
    kill(worker?.pid ?? 0, 'SIGSTOP');
    const mode = 'off'; // the orphan holds no lock that other workers would wait for
    const options = { exitsWithinMs: ORPHANED_MS_MAX };
    const taken = takeOver(round, server, worker?.pid ?? 0, { ...ledger, mode }, options);
    await expect(taken).rejects.toThrow('the orphan exits');
  });
});
