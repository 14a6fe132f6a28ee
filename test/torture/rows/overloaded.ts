import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { type Buyer, Load } from '../../support/load.js';
import { type MemoryUse, MemoryWatch } from '../../support/memory.js';
import type { TestServer } from '../../support/office.js';
import { until } from '../../support/processes.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';
import { expectSoldRight } from '../sold-right.js';

const TIMES = 10;
const MEASURED_SECONDS = 1.5;
const QUEUE_MAX = 100;
const LOCK_TIMEOUT_MS = 2100;

/**
 * A turn takes a buy within LOCK_TIMEOUT_MS of its arrival, or it is refused. What comes after that is
 * one critical section and one sync. The way there and back comes on top: what `/livez` takes meanwhile,
 * which waits for nothing but the processor.
 */
const ACCEPTED_MS_MAX = LOCK_TIMEOUT_MS + 1000;

/** Room for a queue of buys, for their connections, and for garbage that is not collected yet. */
const GROWTH_MB_MAX = 100;

/** As with a slow disk: to refuse ten times as much must be nothing to a machine that others use, too. */
const slow = { RACE_WINDOW_MS: '100', BATCH_MAX: '4' };

const bounded = {
  QUEUE_MAX: String(QUEUE_MAX),
  LOCK_STALE_MS: '2000',
  LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
};

export interface Overload {
  readonly seconds: number;
  /** The program to run, unless it is the office itself. */
  readonly program?: string;
  /** Other bounds than those that are to be kept. */
  readonly bounds?: NodeJS.ProcessEnv;
}

export interface Overloaded {
  readonly office: TestServer;
  readonly load: Load;
  /** Buys a second that it sold when each buyer waited for an answer. */
  readonly capacity: number;
  /** Buys a second that it was asked for then. */
  readonly offered: number;
  readonly refused: readonly Buyer[];
  /** Of the buys that were accepted, 99 % were answered within this. */
  readonly acceptedMs: number;
  /** The longest that `/livez` took meanwhile. */
  readonly wayMs: number;
  readonly memory: MemoryUse;
}

/** Measures what an office can take, and offers it ten times as much. */
export async function overload(
  round: Round,
  { seconds, program, bounds = bounded }: Overload,
): Promise<Overloaded> {
  const env = { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '2', ...slow, ...bounds };
  const office = await round.office({
    events: { big: anEvent(1_000_000) },
    env,
    ...(program === undefined ? {} : { program }),
  });
  const measured = new Load(office.url, 'big', 32);
  round.onEnd(() => measured.stop());
  await until('the first buy is sold', () => measured.sold.length > 0);
  const before = measured.sold.length;
  await sleep(MEASURED_SECONDS * 1000);
  const capacity = (measured.sold.length - before) / MEASURED_SECONDS;
  await measured.stop();

  const workers = (await office.workers()).map(({ pid }) => pid);
  const watch = new MemoryWatch([office.primaryPid, ...workers]);
  const load = new Load(office.url, 'big', 0, {
    perSecond: capacity * TIMES,
    recorder: measured.recorder,
  });
  round.onEnd(() => load.stop());
  const wayMs = await longestWay(office, seconds * 1000);
  await load.stop();
  const memory = watch.stop();
  expect((await office.workers()).map(({ pid }) => pid)).toEqual(workers);

  const waitsMs = load.sold.map(({ at, sentAt }) => at - sentAt).sort((a, b) => a - b);
  return {
    office,
    load,
    capacity,
    offered: load.answers.length / seconds,
    refused: load.answers.filter(({ status }) => status !== 201),
    acceptedMs: waitsMs[Math.floor(waitsMs.length * 0.99)] ?? Number.POSITIVE_INFINITY,
    wayMs,
    memory,
  };
}

/** Asks something that waits for no lock again and again, and answers how long it took at most. */
async function longestWay(office: TestServer, forMs: number): Promise<number> {
  let longestMs = 0;
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(50)) {
    const sentAt = performance.now();
    await office.fetch('/livez');
    longestMs = Math.max(longestMs, performance.now() - sentAt);
  }
  return longestMs;
}

export const growthMb = ({ memory }: Overloaded): number => memory.peakMb - memory.beforeMb;

export async function expectBounded(overloaded: Overloaded): Promise<void> {
  const { office, load, capacity, offered, refused, acceptedMs, wayMs } = overloaded;
  expect(offered).toBeGreaterThan(5 * capacity);
  expect(refused.length).toBeGreaterThan(load.sold.length); // it was too much
  const wrongly = ({ status, retryAfter }: Buyer) => status !== 503 || retryAfter !== '1';
  expect(refused.filter(wrongly).slice(0, 3)).toEqual([]);
  expect(acceptedMs).toBeLessThan(ACCEPTED_MS_MAX + wayMs);
  expect(growthMb(overloaded)).toBeLessThan(GROWTH_MB_MAX);
  await expectSoldRight(office, load, 'ledger');
  await sellsAsBefore(office);
}

/** Whoever comes when the crowd has gone is served at once. */
async function sellsAsBefore(office: TestServer): Promise<void> {
  await until('a buy is sold at once', async () => {
    const sentAt = performance.now();
    const { status } = await office.buy({ eventId: 'big', customer: 'late' });
    return status === 201 && performance.now() - sentAt < 1000;
  });
}

export const overloaded: Row = {
  number: 15,
  fault: 'ten times the load it can take',
  expected: `503 with Retry-After; 99 % of the accepted within ${ACCEPTED_MS_MAX} ms; at most ${GROWTH_MB_MAX} MB more`,
  async run(round) {
    const result = await overload(round, { seconds: round.whole ? 30 : 4 });
    await expectBounded(result);
    const { capacity, offered, load, refused, acceptedMs, wayMs, memory } = result;
    return [
      `took ${Math.round(capacity)}/s, was offered ${Math.round(offered)}/s`,
      `${load.sold.length} sold, 99 % within ${Math.round(acceptedMs)} ms (/livez ${Math.round(wayMs)} ms)`,
      `${refused.length} refused`,
      `${Math.round(memory.beforeMb)} MB before, at most ${Math.round(memory.peakMb)}, ${Math.round(memory.afterMb)} after`,
    ].join('; ');
  },
};
