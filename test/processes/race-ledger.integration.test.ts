import { describe, expect, test } from 'vitest';
import { lockModeNames } from '../../src/lock/registry.js';
import { raceIds } from '../support/folder.js';
import {
  batchesOfCrowd,
  CAPACITY,
  CROWD,
  EVENTS,
  exactResult,
  raceForEach,
  sharedServer,
} from '../support/race-cluster.js';

describe.each(lockModeNames)('ledger, lock mode %s, with 2 workers', (mode) => {
  const server = sharedServer(mode, 2, { STORE: 'ledger' });

  test('sells exactly 100 in 20 of 20 events, lock or no lock', async () => {
    const races = await raceForEach(server(), raceIds(EVENTS));
    for (const race of races) expect(race).toMatchObject(exactResult());
    const { verdict, events } = await server().verdict();
    expect(verdict).toBe('holds');
    const raced = events.filter(({ id }) => id !== 'crowd');
    expect(raced.map(({ sold, remaining }) => [sold, remaining])).toEqual(
      races.map(() => [CAPACITY, 0]),
    );
  });

  test('sells to a crowd in fewer batches than buys', async () => {
    expect(await batchesOfCrowd(server())).toBeLessThan(CROWD);
  });
});

describe.each([
  { mode: 'off', workers: 4, window: '0', batch: '256' },
  { mode: 'off', workers: 2, window: '5', batch: '1' },
  { mode: 'kernel', workers: 4, window: '5', batch: '256' },
] as const)('ledger, $mode with $workers workers, window $window ms, batch $batch', (setting) => {
  const { mode, workers, window, batch } = setting;
  const env = { STORE: 'ledger', RACE_WINDOW_MS: window, BATCH_MAX: batch };
  const server = sharedServer(mode, workers, env);

  test('sells exactly 100 in 5 of 5 events', async () => {
    const races = await raceForEach(server(), raceIds(5));
    for (const race of races) expect(race).toMatchObject(exactResult());
    expect((await server().verdict()).verdict).toBe('holds');
  });
});
