import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RaceResult } from '../../src/cli/race-result.js';
import { type LockModeName, lockModeNames, locks } from '../../src/lock/registry.js';
import { eventsOf, raceIds } from '../support/folder.js';
import { TestOffice } from '../support/office.js';

const EVENTS = 20;
const CAPACITY = 100;
const BUYERS = 200;

/** What a race comes to that went right. */
const exactly = {
  ruling: 'holds',
  sold: CAPACITY,
  refused: BUYERS - CAPACITY,
  unknown: 0,
  soldTwice: 0,
  after: 0,
  why: [],
};

type Race = RaceResult & { readonly why: string[] };

/** Which modes keep two workers apart, and which cannot. */
const exact = lockModeNames.filter((name) => locks[name].scope === 'host');
const racy = lockModeNames.filter((name) => locks[name].scope !== 'host');
const exactWithOneWorker = lockModeNames.filter((name) => locks[name].scope !== 'nothing');

describe.each(racy)('%s with 2 workers', (mode) => {
  const office = officeOf(mode, 2, {}, 2 * EVENTS);

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
    const races = await raceForEach(office(), raceIds(3));
    expect(wrong(races)).toBe(3);
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

  describe('a turn for each buyer', () => {
    const office = officeOf(mode, workers, { ...env, BATCH_MAX: '1' });
    test('sells exactly 100 in 5 of 5 events', async () => {
      expectExact(office(), await raceForEach(office(), raceIds(5)));
    });
  });
});

describe.each(lockModeNames)('ledger, lock mode %s, with 2 workers', (mode) => {
  const office = officeOf(mode, 2, { STORE: 'ledger' });

  test('sells exactly 100 in 20 of 20 events, lock or no lock', async () => {
    const races = await raceForEach(office(), raceIds(EVENTS));
    for (const race of races) expect(race).toMatchObject(exactly);
    const { verdict, events } = await office().verdict();
    expect(verdict).toBe('holds');
    expect(events.map(({ sold, remaining }) => [sold, remaining])).toEqual(
      races.map(() => [CAPACITY, 0]),
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
    const races = await raceForEach(office(), raceIds(5));
    for (const race of races) expect(race).toMatchObject(exactly);
    expect((await office().verdict()).verdict).toBe('holds');
  });
});

/** One cluster for a whole `describe`: a start takes longer than a race. */
function officeOf(
  mode: LockModeName,
  workers: number,
  env: NodeJS.ProcessEnv = {},
  events = EVENTS,
): () => TestOffice {
  let office: TestOffice;
  beforeAll(async () => {
    office = await TestOffice.start({
      env: { LOCK_MODE: mode, WORKERS: String(workers), ...env },
      events: eventsOf(raceIds(events), CAPACITY),
    });
  });
  afterAll(() => office.dispose());
  return () => office;
}

async function raceForEach(office: TestOffice, ids: readonly string[]): Promise<Race[]> {
  const races: Race[] = [];
  for (const id of ids) races.push(await office.race(id, BUYERS));
  return races;
}

const wrong = (races: readonly Race[]): number =>
  races.filter(({ ruling }) => ruling === 'broken').length;

/** Exactly 100, serials 1 to 100, everyone else refused, and both files say so. */
function expectExact(office: TestOffice, races: readonly Race[]): void {
  for (const race of races) {
    expect(race).toMatchObject(exactly);
  }
  const receipts = office.receipts();
  for (const id of raceIds(races.length)) {
    const serials = receipts
      .filter(({ eventId }) => eventId === id)
      .flatMap((each) => each.serials);
    const sorted = serials.sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: CAPACITY }, (_, index) => index + 1));
    expect(office.state().events[id]?.remaining).toBe(0);
  }
}
