import { expect } from 'vitest';
import { BatchQueue } from '../../../src/booking/batch-queue.js';
import { StepTracer } from '../../../src/booking/steps.js';
import { readCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { ticketsIn } from '../../../src/store/ledger/paths.js';
import { failingFiles } from '../../support/failing-files.js';
import { Failpoints } from '../../support/failpoints.js';
import { anEvent, openOptions } from '../../support/folder.js';
import { until } from '../../support/processes.js';
import { customersIn, judgeOrder, type NotedCall, type OrderRuling } from '../call-order.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';
import { straceMissing, trace } from '../strace.js';

const SALES = 3;
const events = { gala: anEvent(100) };
const customer = (sale: number): string => `buyer-${sale}`;

const untilCheckpoint = (folder: string, version: number): Promise<void> =>
  until(`the checkpoint of version ${version}`, async () => {
    const checkpoint = await readCheckpoint(ticketsIn(folder));
    return checkpoint?.version === version;
  });

/** Sells in this process, with the store and the keeper of an office, and notes every call on a file. */
export async function orderHere(round: Round, durable = true): Promise<OrderRuling> {
  const folder = round.folder(events);
  await ledger.prepare(folder);
  const calls: NotedCall[] = [];
  let tick = 0;
  const undo = await failingFiles(new Failpoints(), folder, ({ call, bytes, ...seen }) => {
    const began = ++tick;
    return () => {
      if (call !== 'write' && call !== 'datasync' && call !== 'sync' && call !== 'rename') return;
      calls.push({ ...seen, call, customers: customersIn(`${bytes}`), began, ended: ++tick });
    };
  });
  round.onEnd(undo);
  const options = openOptions(folder, durable);
  const store = await ledger.open(options);
  const keeper = await ledger.startBackgroundTask(options);
  const queue = new BatchQueue({
    sell: (buys) => store.sell(buys),
    withLock: (section) => section(),
    maxConcurrentBatches: 1,
    batchMax: 1,
    maxWaiting: SALES,
    lockTimeoutMs: 5000,
    sellTimeoutMs: 5_000,
    tracer: new StepTracer(() => {}, 1),
    onFault: options.onFault,
  });
  for (let sale = 1; sale <= SALES; sale++) {
    await queue.buy({ eventId: 'gala', customer: customer(sale), quantity: 1 });
    const answer = { call: 'answer', path: '', file: 0, customers: [customer(sale)] } as const;
    calls.push({ ...answer, began: ++tick, ended: ++tick });
  }
  await keeper.close(); // with a checkpoint
  await queue.drain(1000);
  await store.close();
  undo();
  return judgeOrder(calls);
}

/** Sells in a real office, with strace on its primary and on its worker. */
export async function orderTraced(round: Round, env: NodeJS.ProcessEnv = {}): Promise<OrderRuling> {
  const office = await round.office({
    events,
    env: { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '1', UV_USE_IO_URING: '0', ...env },
  });
  const [worker] = await office.workers();
  const worked = await trace(round, worker?.pid ?? 0);
  const kept = await trace(round, office.primaryPid);
  for (let sale = 1; sale <= SALES; sale++) {
    const { status } = await office.buy({ eventId: 'gala', customer: customer(sale) });
    expect(status).toBe(201);
  }
  await untilCheckpoint(office.folder, SALES);
  await office.stop();
  const [commit, checkpoint] = [judgeOrder(await worked()), judgeOrder(await kept())];
  const broken = commit.broken ?? checkpoint.broken;
  const { commits } = commit;
  const { checkpoints } = checkpoint;
  return { commits, checkpoints, ...(broken === undefined ? {} : { broken }) };
}

export function expectInOrder(ruling: OrderRuling): void {
  expect(ruling).toEqual({ commits: SALES, checkpoints: expect.any(Number) });
  expect(ruling.checkpoints).toBeGreaterThan(0);
}

export const orderOfCalls: Row = {
  number: 11,
  fault: 'none: the order of calls on files, of a sale and of a checkpoint',
  expected: 'append < datasync < answer; ledger sync < checkpoint fsync < rename < folder fsync',
  async run(round) {
    const here = await orderHere(round);
    expectInOrder(here);
    const figures = [`here ${here.commits} sales, ${here.checkpoints} checkpoints`];
    const missing = straceMissing();
    if (missing === undefined) {
      const traced = await orderTraced(round);
      expectInOrder(traced);
      figures.push(`traced ${traced.commits} sales, ${traced.checkpoints} checkpoints`);
    } else figures.push(`not traced: ${missing}`);
    return figures.join('; ');
  },
};
