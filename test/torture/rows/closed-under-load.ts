import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { isRunning, type TestServer } from '../../support/office.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';
import { sideBySide } from '../side-by-side.js';
import { expectSoldRight } from '../sold-right.js';
import { type Exact, exact } from './killed-at-every-step.js';

const CLOSE_MS_MAX = 10_000;
/** A buy that was sent this long before the signal had been accepted when it came. */
const ACCEPTED_MS = 50;

export type Closing = Exact & {
  /** The program to run, unless it is the office itself. */
  readonly program?: string;
  readonly signal?: NodeJS.Signals;
  /** How long it sells before. */
  readonly afterMs?: number;
  /** How long a critical section takes, so that every buyer has a buy under way. */
  readonly windowMs?: number;
};

export interface Closed {
  readonly store: Exact['store'];
  readonly office: TestServer;
  readonly load: Load;
  readonly code: number | null;
  readonly tookMs: number;
  /** Workers that are still there. */
  readonly left: readonly number[];
  /** How many had surely been accepted, and yet got no answer. */
  readonly lost: number;
}

/** Asks an office to close while every buyer has a buy under way. */
export async function closeUnderLoad(
  round: Round,
  { store, mode, program, signal = 'SIGTERM', afterMs = 500, windowMs = 100 }: Closing,
): Promise<Closed> {
  const office = await round.office({
    events: { big: anEvent(1_000_000) },
    env: { STORE: store, LOCK_MODE: mode, WORKERS: '2', RACE_WINDOW_MS: String(windowMs) },
    ...(program === undefined ? {} : { program }),
  });
  const load = new Load(office.url, 'big', 16);
  round.onEnd(() => load.stop());
  const pids = (await office.workers()).map(({ pid }) => pid);
  await sleep(afterMs);
  const askedAt = performance.now();
  office.signal(signal);
  const { code } = await office.ended;
  const tookMs = performance.now() - askedAt;
  await load.stop();
  const lost = load.answers.filter(
    ({ status, sentAt }) => status === 0 && sentAt < askedAt - ACCEPTED_MS,
  ).length;
  return { store, office, load, code, tookMs, left: pids.filter(isRunning), lost };
}

/** Nobody who was accepted is without an answer, and every sale has been told. */
export async function expectNothingLost(closed: Closed): Promise<void> {
  const { store, office, load, code, tookMs, left, lost } = closed;
  expect({ code, left, lost }).toEqual({ code: 0, left: [], lost: 0 });
  expect(tookMs).toBeLessThan(CLOSE_MS_MAX);
  const results = await expectSoldRight(office, load, store);
  expect(results).toBeGreaterThan(15); // it did sell, under whatever load
  expect(await office.soldSerials('big')).toHaveLength(results);
}

export const closedUnderLoad: Row = {
  number: 14,
  fault: 'SIGTERM under load',
  expected: 'every sale was told, whoever was accepted has an answer; exit 0 within 10 s',
  async run(round) {
    const closings = Array.from({ length: round.whole ? 20 : 4 }, (_, index): Closing => {
      const { random } = round;
      return {
        ...(exact[index % exact.length] as Exact),
        afterMs: random.whole(300, 700),
        windowMs: random.pick([0, 20, 100]),
      };
    });
    const tookMs: number[] = [];
    let results = 0;
    const closeInTurn = async (): Promise<void> => {
      for (let next = closings.shift(); next !== undefined; next = closings.shift()) {
        const closed = await closeUnderLoad(round, next);
        await expectNothingLost(closed);
        tookMs.push(closed.tookMs);
        results += closed.load.sold.length;
      }
    };
    await sideBySide([closeInTurn(), closeInTurn()]);
    return `${tookMs.length} closed within ${Math.round(Math.max(...tookMs))} ms; ${results} sold, all of them told`;
  },
};
