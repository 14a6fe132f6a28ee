import { describe, expect, test } from 'vitest';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { raceIds } from '../support/folder.js';
import {
  batchesOfCrowd,
  CROWD,
  expectExact,
  raceForEach,
  sharedServer,
} from '../support/race-cluster.js';

/** One lock acquisition per buy is slow, and fewer buyers show the same. */
const CAPACITY = 40;

const exact = lockModeNames.filter((name) => locks[name].scope === 'host');

/** 2 workers without a window, and 4 with one, race in race.integration.test.ts. */
const settings = exact.flatMap((mode) => [
  { mode, workers: 2, window: 5 },
  { mode, workers: 4, window: 0 },
]);

describe.each(settings)(
  'BATCH_MAX=1, $mode with $workers workers and a window of $window ms',
  ({ mode, workers, window }) => {
    const env = { RACE_WINDOW_MS: String(window), BATCH_MAX: '1' };
    const server = sharedServer(mode, workers, env, { capacity: CAPACITY });

    test(`sells exactly ${CAPACITY} in 5 of 5 events`, async () => {
      const races = await raceForEach(server(), raceIds(5), CAPACITY);
      expectExact(server(), races, CAPACITY);
    });

    if (window === 0) {
      test('sells each buy in its own batch', async () => {
        expect(await batchesOfCrowd(server())).toBe(CROWD);
      });
    }
  },
);
