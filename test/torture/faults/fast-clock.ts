import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { until } from '../../support/processes.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { sendRequest } from '../send-request.js';
import { startFailpointServer } from '../server-with-failpoints.js';

const HOUR_MS = 3_600_000;
const HOLD_SECONDS = 7_200;

export interface WithFastClock {
  /** What the holder was answered who confirmed in time. */
  readonly confirmed: number;
  /** What buyers were answered of an event whose sale begins in two hours. */
  readonly soldEarly: number;
}

/** A worker is fast, and decides on a hold of two hours, and on a sale that begins in two hours. */
export async function decideWithFastClock(
  round: Round,
  store: 'json' | 'ledger',
  aheadMs: number,
): Promise<WithFastClock> {
  const salesFrom = new Date(Date.now() + 2 * HOUR_MS).toISOString();
  const { server, arm } = await startFailpointServer(round, {
    events: { gala: anEvent(1000), later: anEvent(1000, { salesFrom }) },
    env: {
      STORE: store,
      LOCK_MODE: 'kernel',
      WORKERS: '2',
      HOLD_SECONDS: String(HOLD_SECONDS),
    },
  });
  const buy = (eventId: string) =>
    sendRequest(server, 'POST', '/buy', { eventId, customer: 'Bob', quantity: 1 });
  const body = { eventId: 'gala', customer: 'Ada', quantity: 1 };
  const { holdId } = (await sendRequest(server, 'POST', '/holds', body)).body;
  const { pid: fast } = round.random.pick(await server.workers());
  await arm(fast, { clockMs: aheadMs });
  // From its first commit on, every process takes the time of that commit for the least.
  await until('the fast worker sells', async () => (await buy('gala')).body.worker === fast);
  const { status: soldEarly } = await buy('later');
  const { status: confirmed } = await sendRequest(server, 'POST', `/holds/${holdId}/confirm`);
  expect((await server.verdict()).verdict).toBe('holds');
  return { confirmed, soldEarly };
}

/** A hold ends early, and a sale begins early, by no more than a clock is fast. */
export const whatIsPromised: WithFastClock = { confirmed: 201, soldEarly: 409 };

export const fastClock: TortureFault = {
  number: 22,
  fault: "a worker's clock an hour fast, beside holds and a sale that begins later",
  expected: 'the verdict holds; holds end and sales begin early by an hour at most',
  async run(round) {
    for (const store of round.full ? (['json', 'ledger'] as const) : (['ledger'] as const)) {
      expect(await decideWithFastClock(round, store, HOUR_MS)).toEqual(whatIsPromised);
    }
    return 'a hold of two hours is confirmed, a sale in two hours has not begun';
  },
};
