import { describe, expect, test } from 'vitest';
import { lockModeNames } from '../../src/lock/registry.js';
import { raceIds } from '../support/folder.js';
import { CAPACITY, EVENTS, exactly, officeOf, raceForEach } from '../support/races.js';

describe.each(lockModeNames)('ledger, lock mode %s, with 2 workers', (mode) => {
  const office = officeOf(mode, 2, { STORE: 'ledger' });

  test('sells exactly 100 in 20 of 20 events, lock or no lock', async () => {
    const canOversell = await raceForEach(office(), raceIds(EVENTS));
    for (const race of canOversell) expect(race).toMatchObject(exactly());
    const { verdict, events } = await office().verdict();
    expect(verdict).toBe('holds');
    expect(events.map(({ sold, remaining }) => [sold, remaining])).toEqual(
      canOversell.map(() => [CAPACITY, 0]),
    );
  });
});

describe.each([
  { mode: 'off', workers: 4, window: '0', batch: '256' },
  { mode: 'off', workers: 2, window: '5', batch: '1' },
  { mode: 'kernel', workers: 4, window: '5', batch: '256' },
] as const)('ledger, $mode with $workers workers, window $window ms, batch $batch', (setting) => {
  const { mode, workers, window, batch } = setting;
  const env = { STORE: 'ledger', RACE_WINDOW_MS: window, BATCH_MAX: batch };
  const office = officeOf(mode, workers, env);

  test('sells exactly 100 in 5 of 5 events', async () => {
    const canOversell = await raceForEach(office(), raceIds(5));
    for (const race of canOversell) expect(race).toMatchObject(exactly());
    expect((await office().verdict()).verdict).toBe('holds');
  });
});
