import { describe, expect, test } from 'vitest';
import { kill } from '../support/office.js';
import { aRound } from './a-round.js';
import {
  abandonedWorkers,
  events,
  impatient,
  takeOver,
  untilReplaced,
} from './rows/abandoned-workers.js';

const each = { store: 'ledger', mode: 'kernel' } as const;

describe('workers that hang or lose their primary', () => {
  test('are ended and replaced, or end themselves', async () => {
    expect(await abandonedWorkers.run(aRound())).toMatch(/2 stuck, .*; 2 orphans, /);
  });

  test('a primary that is patient with the silent is seen', async () => {
    const round = aRound();
    const env = { ...impatient(each), HEARTBEAT_TIMEOUT_MS: '60000' };
    const office = await round.office({ events, env });
    const [worker] = await office.workers();
    kill(worker?.pid ?? 0, 'SIGSTOP');
    await expect(untilReplaced(office, worker?.pid ?? 0)).rejects.toThrow('is ended');
  });

  test('an orphan that does not care is seen', async () => {
    const round = aRound();
    const program = 'test/programs/orphaning-office';
    const office = await round.office({ program, events, env: impatient(each) });
    const [worker] = await office.workers();
    kill(worker?.pid ?? 0, 'SIGSTOP');
    const mode = 'off'; // it holds no lock, so that nobody waits for it
    await expect(takeOver(round, office, worker?.pid ?? 0, { ...each, mode })).rejects.toThrow(
      'the orphan ends itself',
    );
  });
});
