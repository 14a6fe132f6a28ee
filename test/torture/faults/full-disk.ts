import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { until } from '../../support/processes.js';
import type { TestServer } from '../../support/test-server.js';
import { expectConsistentSales } from '../expect-consistent-sales.js';
import type { TortureFault } from '../fault.js';
import { type LimitedSpaceKind, limitedSpaces } from '../limited-space.js';
import type { Round } from '../round.js';
import { startFailpointServer } from '../server-with-failpoints.js';

const WORKERS = 2;
const events = { big: anEvent(1_000_000) };

/** The stores that keep files, and the file of each that grows with every sale. */
const growing = { json: 'receipts.jsonl', ledger: 'ledger.jsonl' } as const;
type StoreName = keyof typeof growing;
const storeNames = Object.keys(growing) as StoreName[];

const settings = (store: StoreName): NodeJS.ProcessEnv => ({
  STORE: store,
  LOCK_MODE: 'kernel',
  WORKERS: String(WORKERS),
});

/** The result of a run: sales, rejections with 503, and skipped ledger lines. */
export interface FullDiskResult {
  readonly sold: number;
  readonly rejected: number;
  readonly skipped: number;
}

/** Every answer is a 503, or a sale that is on record once, and the verdict holds. */
async function expectConsistent(
  server: TestServer,
  load: Load,
  store: StoreName,
): Promise<FullDiskResult> {
  const others = load.answers.filter(({ status }) => status !== 201 && status !== 503);
  expect(others).toEqual([]);
  const sold = await expectConsistentSales(server, load, store);
  const { skipped } = await server.verdict();
  const rejected = load.answers.length - load.sold.length;
  return { sold, rejected, skipped };
}

/** A full disk fails every batch, but the log lines are throttled. */
function expectFewLogLines(log: string): void {
  const lines = log.split('\n').filter((line) => line.includes('"msg"'));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes('"stack"'))).toEqual([]);
  // Per worker and primary, one line for failed writes and one for short writes.
  expect(lines.length).toBeLessThanOrEqual(2 * (WORKERS + 1));
}

/** Sells until the disk is full, waits, frees space, and sells again. */
export async function sellInLimitedSpace(
  round: Round,
  store: StoreName,
  kind: LimitedSpaceKind,
): Promise<FullDiskResult> {
  const space = kind.make(round, events, growing[store]);
  const server = await round.server({ folder: space.folder, env: settings(store) });
  const load = new Load(server.url, 'big', 8, {
    keyed: store === 'ledger',
    pauseMs: round.pauseMs,
  });
  round.onEnd(() => load.stop());
  await until('tickets are sold', () => load.sold.length > 20);
  await space.fill(server, round.random.integer(0, 6000));
  const rejected = () => load.answers.filter(({ status }) => status === 503).length;
  await until('buys are rejected', () => rejected() > 20);
  await sleep(round.full ? 1000 : 100); // the checkpoint fails too
  for (const path of ['/search', '/livez', '/workers']) {
    expect((await server.fetch(path)).status, path).toBe(200);
  }
  await space.free(server);
  const since = performance.now();
  await until(
    'tickets are sold again',
    () => load.sold.filter(({ sentAt }) => sentAt > since).length > 20,
  );
  await load.stop();
  expectFewLogLines(server.stderr);
  const result = await expectConsistent(server, load, store);
  expect((await server.stop()).code).toBe(0);
  return result;
}

/** Sells while some writes are short. */
export async function sellWithHalfWrites(
  round: Round,
  store: StoreName,
  program?: string,
): Promise<FullDiskResult> {
  const { server, arm, untilFired } = await startFailpointServer(round, {
    events,
    env: settings(store),
    ...(program === undefined ? {} : { program }),
  });
  const load = new Load(server.url, 'big', 8, {
    keyed: store === 'ledger',
    pauseMs: round.pauseMs,
  });
  round.onEnd(() => load.stop());
  for (let write = 0; write < (round.full ? 8 : 3); write++) {
    const { pid } = round.random.pick(await server.workers());
    await arm(pid, { at: 'write', action: 'half', after: round.random.integer(0, 5) });
    await untilFired(pid);
  }
  await load.stop();
  return expectConsistent(server, load, store);
}

export const fullDisk: TortureFault = {
  number: 5,
  fault: 'the disk is full; short writes',
  expected: '503, no 201 without a sale on record; sells again when there is space',
  async run(round) {
    const figures: string[] = [];
    const addFigure = (what: string, { sold, rejected, skipped }: FullDiskResult) =>
      figures.push(`${what} ${sold} sold, ${rejected} × 503, ${skipped} lines skipped`);
    const possible = limitedSpaces.filter(({ missing }) => missing() === undefined);
    for (const [index, store] of storeNames.entries()) {
      const kinds = round.full ? possible : possible.slice(index, index + 1); // another one for each store
      for (const kind of kinds) {
        addFigure(`${store} ${kind.name}`, await sellInLimitedSpace(round, store, kind));
      }
      const halves = await sellWithHalfWrites(round, store);
      addFigure(`${store} short writes`, halves);
      if (store === 'ledger') expect(halves.skipped).toBeGreaterThan(0);
    }
    return figures.join('; ');
  },
};
