import { afterAll, beforeAll, expect } from 'vitest';
import type { RaceResult } from '../../src/cli/race-result.js';
import type { LockModeName } from '../../src/lock/registry.js';
import { eventsOf, raceIds } from './folder.js';
import { TestOffice } from './office.js';

export const EVENTS = 20;
export const CAPACITY = 100;
const BUYERS = 200;

/** What a race comes to that went right. */
export const exactly = {
  ruling: 'holds',
  sold: CAPACITY,
  refused: BUYERS - CAPACITY,
  unknown: 0,
  soldTwice: 0,
  after: 0,
  why: [],
};

export type Race = RaceResult & { readonly why: string[] };

/** One cluster for a whole `describe`: a start takes longer than a race. */
export function officeOf(
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

export async function raceForEach(office: TestOffice, ids: readonly string[]): Promise<Race[]> {
  const races: Race[] = [];
  for (const id of ids) races.push(await office.race(id, BUYERS));
  return races;
}

export const wrong = (races: readonly Race[]): number =>
  races.filter(({ ruling }) => ruling === 'broken').length;

/** Exactly 100, serials 1 to 100, everyone else refused, and both files say so. */
export function expectExact(office: TestOffice, races: readonly Race[]): void {
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
