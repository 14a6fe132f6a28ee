import { describe, test } from 'vitest';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { raceIds } from '../support/folder.js';
import { expectExact, officeOf, raceForEach } from '../support/races.js';

/** A lock turn for every buyer takes its time: fewer of them show the same. */
const CAPACITY = 40;

const exact = lockModeNames.filter((name) => locks[name].scope === 'host');

const settings = exact.flatMap((mode) =>
  [2, 4].flatMap((workers) => [0, 5].map((window) => ({ mode, workers, window }))),
);

describe.each(settings)('$mode with $workers workers and a window of $window ms', (setting) => {
  const { mode, workers, window } = setting;
  const env = { RACE_WINDOW_MS: String(window) };

  describe('a turn for each buyer', () => {
    const office = officeOf(mode, workers, { ...env, BATCH_MAX: '1' }, { capacity: CAPACITY });
    test(`sells exactly ${CAPACITY} in 5 of 5 events`, async () => {
      const canOversell = await raceForEach(office(), raceIds(5), CAPACITY);
      expectExact(office(), canOversell, CAPACITY);
    });
  });
});
