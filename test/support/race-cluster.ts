import { afterAll, beforeAll, expect } from 'vitest';
import type { RaceResult } from '../../src/client/race-result.js';
import { anEvent, eventsOf, raceIds } from './folder.js';
import { histogram } from './metrics.js';
import { TestServer } from './test-server.js';

export const EVENTS = 20;
export const CAPACITY = 100;
/** Buys at once, to count the batches that they are sold in. */
export const CROWD = 60;

/** The result of a correct race of twice as many buyers as tickets. */
export const exactResult = (capacity = CAPACITY) => ({
  ruling: 'holds',
  sold: capacity,
  refused: capacity,
  unknown: 0,
  soldTwice: 0,
  after: 0,
  why: [],
});

/** A crowd that waits long on a busy machine is not rejected, and no busy worker is replaced. */
export const patient = { LOCK_TIMEOUT_MS: '30000', HEARTBEAT_TIMEOUT_MS: '120000' };

export type Race = RaceResult & { readonly why: string[] };

/** Shares one cluster within a `describe`, because starting it takes longer than a race. */
export function sharedServer(
  mode: string,
  workers: number,
  env: NodeJS.ProcessEnv = {},
  { events = EVENTS, capacity = CAPACITY } = {},
): () => TestServer {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({
      env: { LOCK_MODE: mode, WORKERS: String(workers), ...patient, ...env },
      events: { ...eventsOf(raceIds(events), capacity), crowd: anEvent(1000) },
    });
  });
  afterAll(() => server.dispose());
  return () => server;
}

/** For each event, one after another, lets twice as many buyers buy at once as there are tickets. */
export async function raceForEach(
  server: TestServer,
  ids: readonly string[],
  capacity = CAPACITY,
): Promise<Race[]> {
  const races: Race[] = [];
  for (const id of ids) races.push(await server.race(id, 2 * capacity));
  return races;
}

/** In how many batches a crowd's buys were sold. Every buy must be sold. */
export async function batchesOfCrowd(server: TestServer): Promise<number> {
  const batches = async () =>
    histogram(await (await server.fetch('/metrics')).text(), 'turnstile_batch_buys');
  const before = await batches();
  const buys = Array.from({ length: CROWD }, () =>
    server.buy({ eventId: 'crowd', customer: 'Ada' }),
  );
  expect((await Promise.all(buys)).map(({ status }) => status)).toEqual(Array(CROWD).fill(201));
  const after = await batches();
  expect(after.sum - before.sum).toBe(CROWD);
  return after.count - before.count;
}

export const countBroken = (races: readonly { readonly ruling: string }[]): number =>
  races.filter(({ ruling }) => ruling === 'broken').length;

/** Every race sold each serial exactly once, rejected all other buyers, and both files agree. */
export function expectExact(server: TestServer, races: readonly Race[], capacity = CAPACITY): void {
  for (const race of races) expect(race).toMatchObject(exactResult(capacity));
  const receipts = server.receipts();
  for (const id of raceIds(races.length)) {
    const serials = receipts
      .filter(({ eventId }) => eventId === id)
      .flatMap((receipt) => receipt.serials);
    const sorted = serials.sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: capacity }, (_, index) => index + 1));
    expect(server.state().events[id]?.remaining).toBe(0);
  }
}
