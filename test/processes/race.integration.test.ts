import { describe, expect, test } from 'vitest';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { raceIds } from '../support/folder.js';
import {
  batchesOfCrowd,
  CROWD,
  countBroken,
  EVENTS,
  expectExact,
  raceForEach,
  sharedServer,
} from '../support/race-cluster.js';

/** Which modes exclude other workers, and which do not. */
const exact = lockModeNames.filter((name) => locks[name].scope === 'host');
const racy = lockModeNames.filter((name) => locks[name].scope !== 'host');

describe.each(racy)('%s with 2 workers', (mode) => {
  const server = sharedServer(mode, 2, {}, { events: 2 * EVENTS });

  test('sells each buy in its own batch', async () => {
    expect(await batchesOfCrowd(server())).toBe(CROWD);
  });

  test('oversells in at least 19 of 20 events (or 38 of 40), without any 5xx', async () => {
    const ids = raceIds(2 * EVENTS);
    const first = await raceForEach(server(), ids.slice(0, EVENTS));
    const enough = countBroken(first) >= 19;
    const all = enough ? first : [...first, ...(await raceForEach(server(), ids.slice(EVENTS)))];
    expect(all.flatMap(({ why }) => why)).toEqual([]);
    expect(countBroken(all)).toBeGreaterThanOrEqual(enough ? 19 : 38);
    expect((await server().verdict()).verdict).toBe('broken');
  });
});

describe('off with 1 worker', () => {
  const server = sharedServer('off', 1);

  test('oversells too: one await between read and write is enough', async () => {
    expect(countBroken(await raceForEach(server(), raceIds(3)))).toBe(3);
  });
});

// The others exclude more: see their races of several workers.
describe('mutex with 1 worker', () => {
  const server = sharedServer('mutex', 1);

  test('is exact in 20 of 20 events', async () => {
    expectExact(server(), await raceForEach(server(), raceIds(EVENTS)));
  });

  test('sells to a crowd in fewer batches than buys', async () => {
    expect(await batchesOfCrowd(server())).toBeLessThan(CROWD);
  });
});

/** 2 workers with a window, and 4 without, race in race-unbatched.integration.test.ts. */
const settings = exact.flatMap((mode) => [
  { mode, workers: 2, window: 0 },
  { mode, workers: 4, window: 5 },
]);

describe.each(settings)('$mode with $workers workers and a window of $window ms', (setting) => {
  const { mode, workers, window } = setting;
  const server = sharedServer(mode, workers, { RACE_WINDOW_MS: String(window) });

  test('sells exactly 100 in 20 of 20 events', async () => {
    expectExact(server(), await raceForEach(server(), raceIds(EVENTS)));
  });

  test('sells to a crowd in fewer batches than buys', async () => {
    expect(await batchesOfCrowd(server())).toBeLessThan(CROWD);
  });
});
