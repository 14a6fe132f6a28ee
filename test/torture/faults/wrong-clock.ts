import { rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { lockModeNames } from '../../../src/lock/registry.js';
import { stores } from '../../../src/store/registry.js';
import type { Verdict } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import { Load, type LoadAnswer } from '../../support/load.js';
import { until } from '../../support/processes.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { startFailpointServer } from '../server-with-failpoints.js';

const HOUR_MS = 3_600_000;
const LOCK_TIMEOUT_MS = 2500;
/** What a busy machine may add to a wait. The clock is wrong by many times more. */
const SLACK_MS = 15_000;

interface Setting {
  readonly store: 'json' | 'ledger';
  readonly mode: (typeof lockModeNames)[number];
}

/** Settings that must not depend on the clock. With json and a lease, a wrong clock can steal it. */
export const clockless: readonly Setting[] = [
  ...lockModeNames.map((mode) => ({ store: 'ledger', mode }) as const),
  { store: 'json', mode: 'kernel' },
];

const open = (round: Round, { store, mode }: Setting, program?: string) =>
  startFailpointServer(round, {
    ...(program === undefined ? {} : { program }),
    events: { big: anEvent(1_000_000) },
    env: {
      STORE: store,
      LOCK_MODE: mode,
      WORKERS: '2',
      LOCK_STALE_MS: '2000',
      LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
      RACE_WINDOW_MS: '5', // so that a stolen lease's holder is still in its critical section
    },
  });

/** Every buy was sold or rejected with 503, within the time limit. */
export function expectBoundedWaits(answers: readonly LoadAnswer[]): void {
  const others = answers.filter(({ status }) => status !== 201 && status !== 503);
  expect(others).toEqual([]);
  const late = answers.filter(({ sentAt, at }) => at - sentAt > LOCK_TIMEOUT_MS + SLACK_MS);
  expect(late).toEqual([]);
}

/**
 * Sells under load while the clock of one of two workers is an hour ahead, and then an hour behind.
 *
 * @param program another server, with failpoints, for a negative control
 * @returns the sales of the worker with the right clock, and the rejections of both
 */
export async function sellByTwoClocks(
  round: Round,
  setting: Setting,
  program?: string,
): Promise<{ right: number; rejected: number; verdict: Verdict }> {
  const { server, arm } = await open(round, setting, program);
  const load = new Load(server.url, 'big', 8, { keyed: setting.store === 'ledger' });
  round.onEnd(() => load.stop());
  const [wrong, right] = round.random.sample(await server.workers(), 2).map(({ pid }) => pid);
  const soldSince = (since: number, by = right) =>
    load.sold.filter(({ sentAt, worker }) => sentAt > since && worker === by).length;
  let soldByRight = 0;
  for (const clockMs of round.random.sample([HOUR_MS, -HOUR_MS], 2)) {
    await arm(wrong ?? 0, { clockMs });
    const since = performance.now();
    await sleep(round.full ? 600 : 200);
    await until('both workers sell', () => soldSince(since) > 0 && soldSince(since, wrong) > 0);
    soldByRight += soldSince(since);
  }
  await load.stop();
  expectBoundedWaits(load.answers);
  const rejected = load.answers.filter(({ status }) => status === 503).length;
  if (setting.store === 'ledger') {
    expect((await server.judge(load.history)).first).toBeUndefined();
  }
  return { right: soldByRight, rejected, verdict: await server.verdict() };
}

/**
 * A worker whose clock is an hour ahead dies with a lease that it has dated. No other worker can take
 * it over for an hour: buys are rejected in time, the log reports why, and selling resumes when the
 * lease is removed.
 *
 * @returns the longest wait for a rejection, in milliseconds, and the log
 */
export async function dieWithFutureLease(
  round: Round,
  store: Setting['store'],
): Promise<{ waitedMs: number; log: string }> {
  const { server, arm, untilFired } = await open(round, { store, mode: 'file' });
  const [target] = round.random.sample(await server.workers(), 1).map(({ pid }) => pid);
  await arm(target ?? 0, { clockMs: HOUR_MS });
  await arm(target ?? 0, { at: 'lockHeld', action: 'kill' });
  // One buy at a time: a holder whose lease is stolen would remove the thief's lease on release.
  const buy = () =>
    server.buy({ eventId: 'big', customer: 'Ada' }, { connection: 'close' }).then(() => true);
  while (await buy().catch(() => false));
  await untilFired(target ?? 0);
  await server.untilAllLive(target);

  const buyers = new Load(server.url, 'big', 4);
  round.onEnd(() => buyers.stop());
  const rejections = () => buyers.answers.filter(({ status }) => status === 503);
  await until('buys are rejected', () => rejections().length > 0);
  expect(buyers.sold).toEqual([]);
  rmdirSync(`${stores[store].guardedFile(server.folder)}.lock`);
  await until('tickets are sold again', () => buyers.sold.length > 0);
  await buyers.stop();
  expect((await server.verdict()).verdict).toBe('holds');
  const waits = rejections().map(({ sentAt, at }) => at - sentAt);
  return { waitedMs: Math.max(...waits), log: server.stderr };
}

export const wrongClock: TortureFault = {
  number: 9,
  fault: "a worker's clock an hour off, both ways",
  expected: 'holds; waits stay bounded; the log reports a lease dated in the future',
  async run(round) {
    const figures: string[] = [];
    const settings = round.full ? clockless : round.random.sample(clockless, 1);
    for (const setting of settings) {
      const { right, rejected, verdict } = await sellByTwoClocks(round, setting);
      expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
      figures.push(
        `${setting.store} ${setting.mode} the right clock sold ${right}, ${rejected} × 503`,
      );
    }
    const { waitedMs, log } = await dieWithFutureLease(round, 'ledger');
    expect(waitedMs).toBeLessThan(LOCK_TIMEOUT_MS + SLACK_MS);
    expect(log).toContain('a lease is dated in the future');
    figures.push(`a lease dated in the future 503 after ${Math.round(waitedMs)} ms`);
    if (round.full) {
      const { verdict } = await sellByTwoClocks(round, { store: 'json', mode: 'file' });
      figures.push(`json file (no guarantee) ${verdict.verdict}, ${verdict.lostUpdates} lost`);
    }
    return figures.join('; ');
  },
};
