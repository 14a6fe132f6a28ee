import { expect } from 'vitest';
import { BatchQueue } from '../../../src/booking/batch-queue.js';
import { StepTracer } from '../../../src/booking/sale-steps.js';
import { readCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { ticketsIn } from '../../../src/store/ledger/paths.js';
import { failingFiles } from '../../support/failing-files.js';
import { Failpoints } from '../../support/failpoints.js';
import { anEvent, openOptions } from '../../support/folder.js';
import { until } from '../../support/processes.js';
import { customersIn, judgeOrder, type OrderRuling, type RecordedCall } from '../call-order.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { straceMissing, trace } from '../strace.js';

const SALES = 3;
const events = { gala: anEvent(100) };
const customer = (sale: number): string => `buyer-${sale}`;

const untilCheckpoint = (folder: string, version: number): Promise<void> =>
  until(`the checkpoint of version ${version}`, async () => {
    const checkpoint = await readCheckpoint(ticketsIn(folder));
    return checkpoint?.version === version;
  });

/** Sells in this process and records every file call of the store and its checkpointer. */
export async function orderInProcess(round: Round, durable = true): Promise<OrderRuling> {
  const folder = round.folder(events);
  await ledger.prepare(folder);
  const calls: RecordedCall[] = [];
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
  const checkpointer = await ledger.startBackgroundTask(options);
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
    await queue.submit({ kind: 'buy', eventId: 'gala', customer: customer(sale), quantity: 1 });
    const answer = { call: 'answer', path: '', file: 0, customers: [customer(sale)] } as const;
    calls.push({ ...answer, began: ++tick, ended: ++tick });
  }
  await checkpointer.close(); // writes a checkpoint
  await queue.drain(1000);
  await store.close();
  undo();
  return judgeOrder(calls);
}

/** Sells in a real server, with strace on its primary and on its worker. */
export async function orderTraced(round: Round, env: NodeJS.ProcessEnv = {}): Promise<OrderRuling> {
  const server = await round.server({
    events,
    env: { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '1', UV_USE_IO_URING: '0', ...env },
  });
  const [worker] = await server.workers();
  const worked = await trace(round, worker?.pid ?? 0);
  const kept = await trace(round, server.primaryPid);
  for (let sale = 1; sale <= SALES; sale++) {
    const { status } = await server.buy({ eventId: 'gala', customer: customer(sale) });
    expect(status).toBe(201);
  }
  await untilCheckpoint(server.folder, SALES);
  await server.stop();
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

export const fileCallOrder: TortureFault = {
  number: 11,
  fault: 'none: checks the order of the file calls of a sale and a checkpoint',
  expected: 'append < datasync < answer; ledger sync < checkpoint fsync < rename < folder fsync',
  async run(round) {
    const inProcess = await orderInProcess(round);
    expectInOrder(inProcess);
    const figures = [`in process ${inProcess.commits} sales, ${inProcess.checkpoints} checkpoints`];
    const missing = straceMissing();
    if (missing === undefined) {
      const traced = await orderTraced(round);
      expectInOrder(traced);
      figures.push(`traced ${traced.commits} sales, ${traced.checkpoints} checkpoints`);
    } else figures.push(`not traced: ${missing}`);
    return figures.join('; ');
  },
};
