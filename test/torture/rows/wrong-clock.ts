import { rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { lockModeNames } from '../../../src/lock/registry.js';
import { stores } from '../../../src/store/registry.js';
import type { Verdict } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import { type Buyer, Load } from '../../support/load.js';
import { until } from '../../support/processes.js';
import { failingOffice } from '../failing.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';

const HOUR_MS = 3_600_000;
const LOCK_TIMEOUT_MS = 2500;
/** What a busy machine may add to a wait. */
const SLACK_MS = 2000;

interface Kind {
  readonly store: 'json' | 'ledger';
  readonly mode: (typeof lockModeNames)[number];
}

/** Where no clock may matter. Of json with a lease nothing is promised: it can be stolen. */
export const clockless: readonly Kind[] = [
  ...lockModeNames.map((mode) => ({ store: 'ledger', mode }) as const),
  { store: 'json', mode: 'kernel' },
];

const open = (round: Round, { store, mode }: Kind) =>
  failingOffice(round, {
    events: { big: anEvent(1_000_000) },
    env: {
      STORE: store,
      LOCK_MODE: mode,
      WORKERS: '2',
      LOCK_STALE_MS: '2000',
      LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
      RACE_WINDOW_MS: '5', // so that who steals a lease is sure to meet its holder
    },
  });

/** Every buy has an answer, a sale or "not now", and none waited longer than it may. */
export function expectBoundedWaits(answers: readonly Buyer[]): void {
  const others = answers.filter(({ status }) => status !== 201 && status !== 503);
  expect(others).toEqual([]);
  const late = answers.filter(({ sentAt, at }) => at - sentAt > LOCK_TIMEOUT_MS + SLACK_MS);
  expect(late).toEqual([]);
}

/**
 * Sells under load while the clock of one of two workers is an hour ahead, and then an hour behind.
 *
 * @returns the sales of the one whose clock was right, and the "not now"s of both
 */
export async function sellByTwoClocks(
  round: Round,
  kind: Kind,
): Promise<{ right: number; notNow: number; verdict: Verdict }> {
  const { office, arm } = await open(round, kind);
  const load = new Load(office.url, 'big', 8, { keyed: kind.store === 'ledger' });
  round.onEnd(() => load.stop());
  const [wrong, right] = round.random.some(await office.workers(), 2).map(({ pid }) => pid);
  const soldSince = (since: number, by = right) =>
    load.sold.filter(({ sentAt, worker }) => sentAt > since && worker === by).length;
  let soldByRight = 0;
  for (const clockMs of round.random.some([HOUR_MS, -HOUR_MS], 2)) {
    await arm(wrong ?? 0, { clockMs });
    const since = performance.now();
    await sleep(round.whole ? 600 : 200);
    await until('both sell', () => soldSince(since) > 0 && soldSince(since, wrong) > 0);
    soldByRight += soldSince(since);
  }
  await load.stop();
  expectBoundedWaits(load.answers);
  const notNow = load.answers.filter(({ status }) => status === 503).length;
  if (kind.store === 'ledger') {
    expect((await office.judge(load.history)).first).toBeUndefined();
  }
  return { right: soldByRight, notNow, verdict: await office.verdict() };
}

/**
 * A worker whose clock is an hour ahead dies with a lease that it dated. Nobody takes that over for
 * an hour: buys are refused in time, the log says why, and they are sold when the lease is removed.
 *
 * @returns the longest wait for the refusal, in milliseconds
 */
export async function dieWithALeaseDatedAhead(
  round: Round,
  store: Kind['store'],
): Promise<{ waitedMs: number; log: string }> {
  const { office, arm, untilFailed } = await open(round, { store, mode: 'file' });
  const [target] = round.random.some(await office.workers(), 1).map(({ pid }) => pid);
  await arm(target ?? 0, { clockMs: HOUR_MS });
  await arm(target ?? 0, { at: 'lockHeld', how: 'kill' });
  // One buy at a time: whoever holds the lease when it is stolen would remove the thief's.
  const buy = () =>
    office.buy({ eventId: 'big', customer: 'Ada' }, { connection: 'close' }).then(() => true);
  while (await buy().catch(() => false));
  await untilFailed(target ?? 0);
  await office.untilAllLive(target);

  const buyers = new Load(office.url, 'big', 4);
  round.onEnd(() => buyers.stop());
  const refused = () => buyers.answers.filter(({ status }) => status === 503);
  await until('buys are refused', () => refused().length > 0);
  expect(buyers.sold).toEqual([]);
  rmdirSync(`${stores[store].guardedFile(office.folder)}.lock`);
  await until('they are sold again', () => buyers.sold.length > 0);
  await buyers.stop();
  expect((await office.verdict()).verdict).toBe('holds');
  const waits = refused().map(({ sentAt, at }) => at - sentAt);
  return { waitedMs: Math.max(...waits), log: office.stderr };
}

export const wrongClock: Row = {
  number: 9,
  fault: "a worker's clock an hour off, both ways",
  expected: 'holds; waits stay bounded; a lease dated ahead is told in the log',
  async run(round) {
    const figures: string[] = [];
    const kinds = round.whole ? clockless : round.random.some(clockless, 1);
    for (const kind of kinds) {
      const { right, notNow, verdict } = await sellByTwoClocks(round, kind);
      expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
      figures.push(`${kind.store} ${kind.mode} the right one sold ${right}, ${notNow} × 503`);
    }
    const { waitedMs, log } = await dieWithALeaseDatedAhead(round, 'ledger');
    expect(waitedMs).toBeLessThan(LOCK_TIMEOUT_MS + SLACK_MS);
    expect(log).toContain('a lease is dated ahead of the clock');
    figures.push(`a lease dated ahead 503 after ${Math.round(waitedMs)} ms`);
    if (round.whole) {
      const { verdict } = await sellByTwoClocks(round, { store: 'json', mode: 'file' });
      figures.push(`json file (not promised) ${verdict.verdict}, ${verdict.lostUpdates} lost`);
    }
    return figures.join('; ');
  },
};
