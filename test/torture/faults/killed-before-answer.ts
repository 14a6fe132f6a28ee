import { expect } from 'vitest';
import { lockModeNames } from '../../../src/lock/registry.js';
import { inspectLedger } from '../../../src/store/ledger/inspect.js';
import { isSale } from '../../../src/store/ledger/ops.js';
import type { Failpoint } from '../../support/failpoints.js';
import { anEvent } from '../../support/folder.js';
import { LOST_MS } from '../../support/load.js';
import { until } from '../../support/processes.js';
import type { TestServer } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { type FailpointServerOptions, startFailpointServer } from '../server-with-failpoints.js';

/** The first request gets no answer when its worker dies; a retry may be lost on the way to that worker. */
export const TIMEOUT_MS = { first: 20_000, retry: LOST_MS };

const RETRIES = 4;

type Death = Pick<Failpoint, 'at' | 'action'>;

/** The steps between the write of a ledger line and the answer to the buyer. */
export const deathsBeforeTheAnswer: readonly Death[] = [
  { at: 'write', action: 'tear' },
  ...(['appended', 'lockReleased', 'datasync', 'synced', 'answered'] as const).map(
    (at): Death => ({ at, action: 'kill' }),
  ),
];

/** The part of the answer that must not change between retries; the worker may. */
interface Result {
  readonly orderId: string;
  readonly serials: readonly number[];
}

/** Buys once over a new connection; `undefined` if no answer came, or not a 201. */
async function buyWith(
  server: TestServer,
  key: string,
  timeoutMs: number,
): Promise<Result | undefined> {
  const answering = server.fetch('/buy', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      connection: 'close',
    },
    body: JSON.stringify({ eventId: 'gala', customer: key }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = await answering.catch(() => undefined);
  if (answer?.status !== 201) return undefined;
  const { worker: _worker, ...result } = (await answer.json()) as Result & { worker: number };
  return result;
}

/** Retries with this key until the buy is answered with 201. */
async function retryUntilSold(server: TestServer, key: string): Promise<Result> {
  let result: Result | undefined;
  await until(`${key} has an answer`, async () => {
    result = await buyWith(server, key, TIMEOUT_MS.retry);
    return result !== undefined;
  });
  return result as Result;
}

/** A buy whose worker died, retried with one key. */
export interface Retried {
  readonly death: Death;
  /** Every answer that its buyer got, before and after a restart of the server. */
  readonly answers: readonly Result[];
  /** The pids of the processes that sold it, one for each sale in the ledger. */
  readonly soldBy: readonly number[];
  readonly target: number;
}

/** Kills a worker during a buy at each of these steps, and retries with the buy's key. */
export async function retryAfterDeaths(
  round: Round,
  deaths: readonly Death[],
  options: Omit<FailpointServerOptions, 'folder'>,
): Promise<Retried[]> {
  const folder = round.folder({ gala: anEvent(1000) });
  const { server, arm, hasFired } = await startFailpointServer(round, { ...options, folder });
  const buys: { key: string; death: Death; target: number; answers: Result[] }[] = [];
  for (const death of deaths) {
    const { pid: target } = round.random.pick(await server.workers());
    await arm(target, death);
    let key = '';
    for (let buy = 1; ; buy++) {
      key = `${death.action} ${death.at}, ${buy}`;
      const answer = await buyWith(server, key, TIMEOUT_MS.first);
      if (answer === undefined && (await hasFired(target))) break; // it reached the worker that dies
    }
    const answers: Result[] = [];
    for (let retry = 0; retry < RETRIES; retry++) answers.push(await retryUntilSold(server, key));
    buys.push({ key, death, target, answers });
    await server.untilAllLive(target);
  }

  expect((await server.stop()).code).toBe(0);
  const again = await round.server({ folder, env: options.env });
  for (const { key, answers } of buys) answers.push(await retryUntilSold(again, key));
  expect((await again.verdict()).verdict).toBe('holds');

  const soldBy = await sellersOf(folder);
  return buys.map(({ key, ...buy }) => ({ ...buy, soldBy: soldBy.get(key) ?? [] }));
}

/** The pids of the processes that sold to each customer. */
async function sellersOf(folder: string): Promise<Map<string, number[]>> {
  const sellers = new Map<string, number[]>();
  await inspectLedger(folder, ({ counts, commit }) => {
    if (!counts || commit === undefined) return;
    for (const { customer } of commit.ops.filter(isSale)) {
      sellers.set(customer, [...(sellers.get(customer) ?? []), commit.pid]);
    }
  });
  return sellers;
}

/** @throws if a buy was sold twice or by the wrong process, or if its answers differ */
export function expectOneSale({ death, answers, soldBy, target }: Retried): void {
  const [first, ...later] = answers;
  for (const each of later) expect(each).toEqual(first);
  expect(soldBy).toHaveLength(1);
  // A torn line is no sale; a complete one is the dead worker's sale, and no other worker repeats it.
  expect(soldBy.includes(target)).toBe(death.action !== 'tear');
}

export const killedBeforeAnswer: TortureFault = {
  number: 4,
  fault: 'killed between append and answer; the client retries with its key',
  expected: 'one sale, and the same answer every time, also after a restart',
  async run(round) {
    const mode = round.random.pick(lockModeNames);
    const deaths = round.full
      ? deathsBeforeTheAnswer
      : round.random.sample(deathsBeforeTheAnswer, 2);
    const retried = await retryAfterDeaths(round, deaths, {
      env: {
        STORE: 'ledger',
        LOCK_MODE: mode,
        WORKERS: round.full ? '3' : '2',
        LOCK_STALE_MS: '2000',
      },
    });
    for (const each of retried) expectOneSale(each);
    return `${mode}: ${retried.length} deaths, one sale each, ${RETRIES + 1} equal answers`;
  },
};
