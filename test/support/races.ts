import { afterAll, beforeAll, expect } from 'vitest';
import type { RaceResult } from '../../src/client/race-result.js';
import { eventsOf, raceIds } from './folder.js';
import { TestServer } from './office.js';

export const EVENTS = 20;
export const CAPACITY = 100;

/** What a race of twice as many buyers as tickets comes to that went right. */
export const exactly = (capacity = CAPACITY) => ({
  ruling: 'holds',
  sold: capacity,
  refused: capacity,
  unknown: 0,
  soldTwice: 0,
  after: 0,
  why: [],
});

export type Race = RaceResult & { readonly why: string[] };

/** One cluster for a whole `describe`: a start takes longer than a race. */
export function officeOf(
  mode: string,
  workers: number,
  env: NodeJS.ProcessEnv = {},
  { events = EVENTS, capacity = CAPACITY } = {},
): () => TestServer {
  let office: TestServer;
  beforeAll(async () => {
    office = await TestServer.start({
      env: { LOCK_MODE: mode, WORKERS: String(workers), ...env },
      events: eventsOf(raceIds(events), capacity),
    });
  });
  afterAll(() => office.dispose());
  return () => office;
}

/** Lets twice as many buyers at each event as it has tickets, one event after the other. */
export async function raceForEach(
  office: TestServer,
  ids: readonly string[],
  capacity = CAPACITY,
): Promise<Race[]> {
  const canOversell: Race[] = [];
  for (const id of ids) canOversell.push(await office.race(id, 2 * capacity));
  return canOversell;
}

export const wrong = (canOversell: readonly Race[]): number =>
  canOversell.filter(({ ruling }) => ruling === 'broken').length;

/** Exactly as many as there are, serials 1 to the last, everyone else refused, and both files say so. */
export function expectExact(
  office: TestServer,
  canOversell: readonly Race[],
  capacity = CAPACITY,
): void {
  for (const race of canOversell) {
    expect(race).toMatchObject(exactly(capacity));
  }
  const receipts = office.receipts();
  for (const id of raceIds(canOversell.length)) {
    const serials = receipts
      .filter(({ eventId }) => eventId === id)
      .flatMap((each) => each.serials);
    const sorted = serials.sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: capacity }, (_, index) => index + 1));
    expect(office.state().events[id]?.remaining).toBe(0);
  }
}
