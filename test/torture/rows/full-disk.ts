import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import type { TestServer } from '../../support/office.js';
import { until } from '../../support/processes.js';
import { failingOffice } from '../failing.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';
import { expectSoldRight } from '../sold-right.js';
import { type TightSpaces, tightSpaces } from '../tight-space.js';

const WORKERS = 2;
const events = { big: anEvent(1_000_000) };

/** The stores that keep files, and of each the one that every sale makes longer. */
const growing = { json: 'receipts.jsonl', ledger: 'ledger.jsonl' } as const;
type StoreName = keyof typeof growing;
const storeNames = Object.keys(growing) as StoreName[];

const settings = (store: StoreName): NodeJS.ProcessEnv => ({
  STORE: store,
  LOCK_MODE: 'kernel',
  WORKERS: String(WORKERS),
});

/** What a run came to: the sales, the "not now"s, and the lines that do not count. */
export interface Tight {
  readonly sold: number;
  readonly notNow: number;
  readonly skipped: number;
}

/** Every answer is a sale that is there, once, or "not now"; and all that is there adds up. */
async function expectHonest(office: TestServer, load: Load, store: StoreName): Promise<Tight> {
  const others = load.answers.filter(({ status }) => status !== 201 && status !== 503);
  expect(others).toEqual([]);
  const sold = await expectSoldRight(office, load, store);
  const { skipped } = await office.verdict();
  const notNow = load.answers.length - load.sold.length;
  return { sold, notNow, skipped };
}

/** A full disk fails every batch, and the log says it once in a while. */
function expectFewWords(log: string): void {
  const lines = log.split('\n').filter((line) => line.includes('"msg"'));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes('"stack"'))).toEqual([]);
  // Each worker and the primary, each of what the system refuses and of what it did in part.
  expect(lines.length).toBeLessThanOrEqual(2 * (WORKERS + 1));
}

/** Sells until there is no space left, waits, makes space, and sells on. */
export async function sellInTightSpace(
  round: Round,
  store: StoreName,
  spaces: TightSpaces,
): Promise<Tight> {
  const space = spaces.make(round, events, growing[store]);
  const office = await round.office({ folder: space.folder, env: settings(store) });
  const load = new Load(office.url, 'big', 8, { keyed: store === 'ledger' });
  round.onEnd(() => load.stop());
  await until('something is sold', () => load.sold.length > 20);
  await space.tighten(office, round.random.whole(0, 6000));
  const notNow = () => load.answers.filter(({ status }) => status === 503).length;
  await until('it says "not now"', () => notNow() > 20);
  await sleep(round.whole ? 1000 : 100); // the checkpoint has no space either
  for (const path of ['/search', '/livez', '/workers']) {
    expect((await office.fetch(path)).status, path).toBe(200);
  }
  await space.loosen(office);
  const since = performance.now();
  await until('it sells again', () => load.sold.filter(({ sentAt }) => sentAt > since).length > 20);
  await load.stop();
  expectFewWords(office.stderr);
  const tight = await expectHonest(office, load, store);
  expect((await office.stop()).code).toBe(0);
  return tight;
}

/** Sells while, now and then, a write does half of its work and says so. */
export async function sellWithHalfWrites(
  round: Round,
  store: StoreName,
  program?: string,
): Promise<Tight> {
  const { office, arm, untilFailed } = await failingOffice(round, {
    events,
    env: settings(store),
    ...(program === undefined ? {} : { program }),
  });
  const load = new Load(office.url, 'big', 8, { keyed: store === 'ledger' });
  round.onEnd(() => load.stop());
  for (let write = 0; write < (round.whole ? 8 : 3); write++) {
    const { pid } = round.random.pick(await office.workers());
    await arm(pid, { at: 'write', how: 'half', after: round.random.whole(0, 5) });
    await untilFailed(pid);
  }
  await load.stop();
  return expectHonest(office, load, store);
}

export const fullDisk: Row = {
  number: 5,
  fault: 'the disk is full, and writes are short',
  expected: '503, no 201 of what is not there; sells on when there is space',
  async run(round) {
    const figures: string[] = [];
    const note = (what: string, { sold, notNow, skipped }: Tight) =>
      figures.push(`${what} ${sold} sold, ${notNow} × 503, ${skipped} lines skipped`);
    const possible = tightSpaces.filter(({ missing }) => missing() === undefined);
    for (const [index, store] of storeNames.entries()) {
      const spaces = round.whole ? possible : possible.slice(index, index + 1); // one each
      for (const space of spaces) {
        note(`${store} ${space.name}`, await sellInTightSpace(round, store, space));
      }
      const halves = await sellWithHalfWrites(round, store);
      note(`${store} half writes`, halves);
      if (store === 'ledger') expect(halves.skipped).toBeGreaterThan(0);
    }
    return figures.join('; ');
  },
};
