import { describe, expect, test } from 'vitest';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { raceIds } from '../support/folder.js';
import { EVENTS, expectExact, officeOf, raceForEach, wrong } from '../support/races.js';

/** Which modes keep two workers apart, and which cannot. */
const exact = lockModeNames.filter((name) => locks[name].scope === 'host');
const racy = lockModeNames.filter((name) => locks[name].scope !== 'host');
const exactWithOneWorker = lockModeNames.filter((name) => locks[name].scope !== 'nothing');

describe.each(racy)('%s with 2 workers', (mode) => {
  const office = officeOf(mode, 2, {}, { events: 2 * EVENTS });

  test('is wrong in at least 19 of 20 events (or 38 of 40), with no 5xx at all', async () => {
    const ids = raceIds(2 * EVENTS);
    const first = await raceForEach(office(), ids.slice(0, EVENTS));
    const enough = wrong(first) >= 19;
    const all = enough ? first : [...first, ...(await raceForEach(office(), ids.slice(EVENTS)))];
    expect(all.flatMap(({ why }) => why)).toEqual([]);
    expect(wrong(all)).toBeGreaterThanOrEqual(enough ? 19 : 38);
    expect((await office().verdict()).verdict).toBe('broken');
  });
});

describe('off with 1 worker', () => {
  const office = officeOf('off', 1);

  test('is wrong too: an await is enough', async () => {
    const canOversell = await raceForEach(office(), raceIds(3));
    expect(wrong(canOversell)).toBe(3);
  });
});

describe.each(exactWithOneWorker)('%s with 1 worker', (mode) => {
  const office = officeOf(mode, 1);

  test('is exact in 20 of 20 events', async () => {
    expectExact(office(), await raceForEach(office(), raceIds(EVENTS)));
  });
});

const settings = exact.flatMap((mode) =>
  [2, 4].flatMap((workers) => [0, 5].map((window) => ({ mode, workers, window }))),
);

describe.each(settings)('$mode with $workers workers and a window of $window ms', (setting) => {
  const { mode, workers, window } = setting;
  const env = { RACE_WINDOW_MS: String(window) };

  describe('a turn for a crowd', () => {
    const office = officeOf(mode, workers, env);
    test('sells exactly 100 in 20 of 20 events', async () => {
      expectExact(office(), await raceForEach(office(), raceIds(EVENTS)));
    });
  });
});
