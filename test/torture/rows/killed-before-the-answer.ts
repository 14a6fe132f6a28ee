import { expect } from 'vitest';
import { lockModeNames } from '../../../src/lock/registry.js';
import { inspectLedger } from '../../../src/store/ledger/inspect.js';
import type { Failpoint } from '../../support/failpoints.js';
import { anEvent } from '../../support/folder.js';
import type { TestServer } from '../../support/office.js';
import { until } from '../../support/processes.js';
import { type FailingOfficeOptions, failingOffice } from '../failing.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';

/** A connection may be handed to a worker as it dies: Node loses it then, and nobody answers. */
const PATIENCE_MS = { first: 5000, again: 1000 };

const RETRIES = 4;

type Death = Pick<Failpoint, 'at' | 'how'>;

/** Where a worker can die with a line that it has begun to write, and with nobody told of it. */
export const deathsBeforeTheAnswer: readonly Death[] = [
  { at: 'write', how: 'tear' },
  ...(['appended', 'lockReleased', 'datasync', 'synced', 'answered'] as const).map(
    (at): Death => ({ at, how: 'kill' }),
  ),
];

/** What a buyer is told of a sale; who told it may change. */
interface BuyResult {
  readonly orderId: string;
  readonly serials: readonly number[];
}

/** Buys once over a connection of its own; `undefined` where no answer came, or one that says nothing. */
async function buyWith(
  office: TestServer,
  key: string,
  patienceMs: number,
): Promise<BuyResult | undefined> {
  const asked = office.fetch('/buy', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      connection: 'close',
    },
    body: JSON.stringify({ eventId: 'gala', customer: key }),
    signal: AbortSignal.timeout(patienceMs),
  });
  const answer = await asked.catch(() => undefined);
  if (answer?.status !== 201) return undefined;
  const { worker: _worker, ...results } = (await answer.json()) as BuyResult & { worker: number };
  return results;
}

/** Asks with this key again until the answer is there. */
async function askAgain(office: TestServer, key: string): Promise<BuyResult> {
  let results: BuyResult | undefined;
  await until(`${key} has an answer`, async () => {
    results = await buyWith(office, key, PATIENCE_MS.again);
    return results !== undefined;
  });
  return results as BuyResult;
}

/** What became of a buy whose worker died, asked for again and again with one key. */
export interface Retried {
  readonly death: Death;
  /** Every answer that its buyer got: before and after a restart of the whole office. */
  readonly answers: readonly BuyResult[];
  /** The sales that the ledger has for it, each by the process that made it. */
  readonly soldBy: readonly number[];
  readonly target: number;
}

/** Lets a worker die each of these deaths in the middle of a buy, and asks again with the buy's key. */
export async function retryAfterDeaths(
  round: Round,
  deaths: readonly Death[],
  options: Omit<FailingOfficeOptions, 'folder'>,
): Promise<Retried[]> {
  const folder = round.folder({ gala: anEvent(1000) });
  const { office, arm, untilFailed } = await failingOffice(round, { ...options, folder });
  const buys: { key: string; death: Death; target: number; answers: BuyResult[] }[] = [];
  for (const death of deaths) {
    const { pid: target } = round.random.pick(await office.workers());
    await arm(target, death);
    let key = '';
    for (let buy = 1; ; buy++) {
      key = `${death.how} ${death.at}, ${buy}`;
      if ((await buyWith(office, key, PATIENCE_MS.first)) === undefined) break; // it came to the one that dies
    }
    await untilFailed(target);
    const answers: BuyResult[] = [];
    for (let retry = 0; retry < RETRIES; retry++) answers.push(await askAgain(office, key));
    buys.push({ key, death, target, answers });
    await office.untilAllLive(target);
  }

  expect((await office.stop()).code).toBe(0);
  const again = await round.office({ folder, env: options.env });
  for (const { key, answers } of buys) answers.push(await askAgain(again, key));
  expect((await again.verdict()).verdict).toBe('holds');

  const soldBy = await sellersOf(folder);
  return buys.map(({ key, ...buy }) => ({ ...buy, soldBy: soldBy.get(key) ?? [] }));
}

/** By customer, the process behind each sale. */
async function sellersOf(folder: string): Promise<Map<string, number[]>> {
  const sellers = new Map<string, number[]>();
  await inspectLedger(folder, ({ counts, commit }) => {
    if (!counts || commit === undefined) return;
    for (const { customer } of commit.ops) {
      sellers.set(customer, [...(sellers.get(customer) ?? []), commit.pid]);
    }
  });
  return sellers;
}

/** @throws when a buy was sold twice, or by the wrong one, or its answers are not all the same */
export function expectOneSale({ death, answers, soldBy, target }: Retried): void {
  const [first, ...later] = answers;
  for (const each of later) expect(each).toEqual(first);
  expect(soldBy).toHaveLength(1);
  // A torn line is nobody's sale; a whole one is the dead one's, and nobody sells for it again.
  expect(soldBy.includes(target)).toBe(death.how !== 'tear');
}

export const killedBeforeTheAnswer: Row = {
  number: 4,
  fault: 'killed between append and answer; the client asks again with its key',
  expected: 'one sale, and the same answer every time, after a restart too',
  async run(round) {
    const mode = round.random.pick(lockModeNames);
    const deaths = round.whole
      ? deathsBeforeTheAnswer
      : round.random.some(deathsBeforeTheAnswer, 2);
    const retried = await retryAfterDeaths(round, deaths, {
      env: { STORE: 'ledger', LOCK_MODE: mode, WORKERS: '3', LOCK_STALE_MS: '2000' },
    });
    for (const each of retried) expectOneSale(each);
    return `${mode}: ${retried.length} deaths, one sale each, ${RETRIES + 1} answers alike`;
  },
};
