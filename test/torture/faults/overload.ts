import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { Load, type LoadAnswer } from '../../support/load.js';
import { type MemoryUse, MemoryWatch } from '../../support/memory.js';
import { until } from '../../support/processes.js';
import type { TestServer } from '../../support/test-server.js';
import { expectConsistentSales } from '../expect-consistent-sales.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';

const FACTOR = 10;
const MEASURED_SECONDS = 1.5;
const QUEUE_MAX = 100;
const LOCK_TIMEOUT_MS = 2100;

/**
 * A batch takes a buy within LOCK_TIMEOUT_MS of its arrival, or it is rejected. One critical section
 * and one sync follow. Transport comes on top: `/livez`, which waits only for the processor, shows it.
 */
const ACCEPTED_MS_MAX = LOCK_TIMEOUT_MS + 1000;

/** Room for a queue of buys, their connections, and uncollected garbage. */
const GROWTH_MB_MAX = 100;

/** Like a slow disk: rejecting ten times the load must be cheap on a busy machine, too. */
const slow = { RACE_WINDOW_MS: '100', BATCH_MAX: '4' };

const bounded = {
  QUEUE_MAX: String(QUEUE_MAX),
  LOCK_STALE_MS: '2000',
  LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
};

export interface OverloadOptions {
  readonly seconds: number;
  /** The program to run: the server, or a negative control. */
  readonly program?: string;
  /** Settings that replace the bounds, for a negative control. */
  readonly bounds?: NodeJS.ProcessEnv;
}

export interface OverloadResult {
  readonly server: TestServer;
  readonly load: Load;
  /** Buys per second that it sold while each buyer waited for an answer. */
  readonly capacity: number;
  /** Buys per second that were offered to it. */
  readonly offered: number;
  readonly rejected: readonly LoadAnswer[];
  /** 99 % of the accepted buys were answered within this time. */
  readonly acceptedMs: number;
  /** The longest `/livez` under this load. */
  readonly livezMs: number;
  readonly memory: MemoryUse;
}

/** Measures what a server can sell, and offers it ten times as much. */
export async function overloadServer(
  round: Round,
  { seconds, program, bounds = bounded }: OverloadOptions,
): Promise<OverloadResult> {
  const env = { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '2', ...slow, ...bounds };
  const server = await round.server({
    events: { big: anEvent(1_000_000) },
    env,
    ...(program === undefined ? {} : { program }),
  });
  const measured = new Load(server.url, 'big', 32);
  round.onEnd(() => measured.stop());
  await until('the first buy is sold', () => measured.sold.length > 0);
  const before = measured.sold.length;
  await sleep(MEASURED_SECONDS * 1000);
  const capacity = (measured.sold.length - before) / MEASURED_SECONDS;
  await measured.stop();

  const workers = (await server.workers()).map(({ pid }) => pid);
  const watch = new MemoryWatch([server.primaryPid, ...workers]);
  const load = new Load(server.url, 'big', 0, {
    perSecond: capacity * FACTOR,
    recorder: measured.recorder,
  });
  round.onEnd(() => load.stop());
  const livezMs = await longestLivez(server, seconds * 1000);
  await load.stop();
  const memory = watch.stop();
  expect((await server.workers()).map(({ pid }) => pid)).toEqual(workers);

  const waitsMs = load.sold.map(({ at, sentAt }) => at - sentAt).sort((a, b) => a - b);
  return {
    server,
    load,
    capacity,
    offered: load.answers.length / seconds,
    rejected: load.answers.filter(({ status }) => status !== 201),
    acceptedMs: waitsMs[Math.floor(waitsMs.length * 0.99)] ?? Number.POSITIVE_INFINITY,
    livezMs,
    memory,
  };
}

/** Polls a route that waits for no lock. Returns the longest response time, in milliseconds. */
async function longestLivez(server: TestServer, forMs: number): Promise<number> {
  let longestMs = 0;
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(50)) {
    const sentAt = performance.now();
    await server.fetch('/livez');
    longestMs = Math.max(longestMs, performance.now() - sentAt);
  }
  return longestMs;
}

export const growthMb = ({ memory }: OverloadResult): number => memory.peakMb - memory.beforeMb;

export async function expectBounded(result: OverloadResult): Promise<void> {
  const { server, load, capacity, offered, rejected, acceptedMs, livezMs } = result;
  expect(offered).toBeGreaterThan(5 * capacity);
  expect(rejected.length).toBeGreaterThan(load.sold.length); // it was overloaded
  const isWrong = ({ status, retryAfter }: LoadAnswer) => status !== 503 || retryAfter !== '1';
  expect(rejected.filter(isWrong).slice(0, 3)).toEqual([]);
  expect(acceptedMs).toBeLessThan(ACCEPTED_MS_MAX + livezMs);
  expect(growthMb(result)).toBeLessThan(GROWTH_MB_MAX);
  await expectConsistentSales(server, load, 'ledger');
  await expectRecovered(server);
}

/** After the overload, a buy is served at once. */
async function expectRecovered(server: TestServer): Promise<void> {
  await until('a buy is sold at once', async () => {
    const sentAt = performance.now();
    const { status } = await server.buy({ eventId: 'big', customer: 'late' });
    return status === 201 && performance.now() - sentAt < 1000;
  });
}

export const overload: TortureFault = {
  number: 15,
  fault: 'ten times the load that it can serve',
  expected: `503 with Retry-After; 99 % of the accepted buys within ${ACCEPTED_MS_MAX} ms; at most ${GROWTH_MB_MAX} MB more`,
  async run(round) {
    const result = await overloadServer(round, { seconds: round.full ? 30 : 4 });
    await expectBounded(result);
    const { capacity, offered, load, rejected, acceptedMs, livezMs, memory } = result;
    return [
      `capacity ${Math.round(capacity)}/s, offered ${Math.round(offered)}/s`,
      `${load.sold.length} sold, 99 % within ${Math.round(acceptedMs)} ms (/livez ${Math.round(livezMs)} ms)`,
      `${rejected.length} rejected`,
      `${Math.round(memory.beforeMb)} MB before, at most ${Math.round(memory.peakMb)}, ${Math.round(memory.afterMb)} after`,
    ].join('; ');
  },
};
