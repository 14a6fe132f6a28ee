import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { PATIENCE_MS, until } from '../../support/processes.js';
import { isRunning, type TestServer } from '../../support/test-server.js';
import { expectConsistentSales } from '../expect-consistent-sales.js';
import type { TortureFault } from '../fault.js';
import { type Round, settleAll } from '../round.js';
import { type Exact, exact } from './killed-at-every-step.js';

export const SHUTDOWN_MS_MAX = 10_000;
/** A buy that was sent this long before the signal counts as accepted. */
const ACCEPTED_MS = 50;

export type ShutdownOptions = Exact & {
  /** The program to run: the server, or a negative control. */
  readonly program?: string;
  readonly signal?: NodeJS.Signals;
  /** How long it sells before the signal. */
  readonly afterMs?: number;
  /** RACE_WINDOW_MS: a long critical section keeps every buyer waiting for an answer. */
  readonly windowMs?: number;
};

export interface ShutdownResult {
  readonly store: Exact['store'];
  readonly server: TestServer;
  readonly load: Load;
  readonly code: number | null;
  readonly tookMs: number;
  /** Workers that are still running. */
  readonly left: readonly number[];
  /** How many accepted buys got no answer. */
  readonly lost: number;
}

/** Shuts a server down while every buyer waits for an answer. */
export async function shutDownUnderLoad(
  round: Round,
  { store, mode, program, signal = 'SIGTERM', afterMs = 500, windowMs = 100 }: ShutdownOptions,
): Promise<ShutdownResult> {
  const server = await round.server({
    events: { big: anEvent(1_000_000) },
    env: { STORE: store, LOCK_MODE: mode, WORKERS: '2', RACE_WINDOW_MS: String(windowMs) },
    ...(program === undefined ? {} : { program }),
  });
  const load = new Load(server.url, 'big', 16);
  round.onEnd(() => load.stop());
  const pids = (await server.workers()).map(({ pid }) => pid);
  await until('tickets are sold', () => load.sold.length > 15);
  await sleep(afterMs);
  const signaledAt = performance.now();
  server.signal(signal);
  const { code } = await server.ended;
  const tookMs = performance.now() - signaledAt;
  await load.stop();
  const lost = load.answers.filter(
    ({ status, sentAt }) => status === 0 && sentAt < signaledAt - ACCEPTED_MS,
  ).length;
  return { store, server, load, code, tookMs, left: pids.filter(isRunning), lost };
}

/**
 * Every accepted buy has an answer, and every sale on record was answered.
 *
 * @param withinMs how long the server may take to exit: beside other tests longer than it promises
 */
export async function expectNothingLost(
  result: ShutdownResult,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const { store, server, load, code, tookMs, left, lost } = result;
  expect({ code, left, lost }).toEqual({ code: 0, left: [], lost: 0 });
  expect(tookMs).toBeLessThan(withinMs);
  const sold = await expectConsistentSales(server, load, store);
  expect(sold).toBeGreaterThan(15); // it did sell
  expect(await server.soldSerials('big')).toHaveLength(sold);
}

export const shutdownUnderLoad: TortureFault = {
  number: 14,
  fault: 'SIGTERM under load',
  expected: 'every accepted buy gets an answer, and every sale is answered; exit 0 within 10 s',
  async run(round) {
    const shutdowns = Array.from({ length: round.full ? 20 : 4 }, (_, index): ShutdownOptions => {
      const { random } = round;
      return {
        ...(exact[index % exact.length] as Exact),
        afterMs: random.integer(300, 700),
        windowMs: random.pick([0, 20, 100]),
      };
    });
    const tookMs: number[] = [];
    let sold = 0;
    const runShutdowns = async (): Promise<void> => {
      for (let next = shutdowns.shift(); next !== undefined; next = shutdowns.shift()) {
        const result = await shutDownUnderLoad(round, next);
        await expectNothingLost(result, round.full ? SHUTDOWN_MS_MAX : PATIENCE_MS);
        tookMs.push(result.tookMs);
        sold += result.load.sold.length;
      }
    };
    await settleAll([runShutdowns(), runShutdowns()]);
    return `${tookMs.length} shut down within ${Math.round(Math.max(...tookMs))} ms; ${sold} sold, all answered`;
  },
};
