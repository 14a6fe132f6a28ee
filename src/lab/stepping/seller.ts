import { BatchQueue } from '../../booking/batch-queue.js';
import type { BuyResult } from '../../booking/outcomes.js';
import { StepTracer } from '../../booking/sale-steps.js';
import type { Lock } from '../../lock/lock-mode.js';
import type { LockRegistry } from '../../lock/registry.js';
import { stores } from '../../store/registry.js';
import { serialsInWords } from '../../timeline/format.js';
import { onParentExit, sendToParent } from '../child-process.js';
import { Gate } from './gate.js';
import { holdLock } from './held-lock.js';
import { heldStores } from './held-store.js';
import type { SellerMessage, SellerTask } from './messages.js';

/** When a lease counts as stale: the smallest value that LOCK_STALE_MS takes. */
export const STALE_MS = 2_000;

/** Longer than a stepped run may take, so that a process never gives up by itself. */
const LOCK_TIMEOUT_MS = 20 * 60_000;

/**
 * The program of a process that a learner steps: it sells to one buyer, with the store, the lock and the
 * queue of a server's worker, and exits. Its only argument is a `SellerTask`, as JSON.
 *
 * @param locks the lock modes
 */
export async function runSeller(locks: LockRegistry): Promise<void> {
  onParentExit(() => process.exit());
  const task = JSON.parse(process.argv[2] ?? '{}') as SellerTask;
  const gate = new Gate(process);
  const believes = await sellOne(task, locks, gate).catch(
    (error) => `its buyer got an error: ${(error as Error).message}`,
  );
  await sendToParent({ type: 'done', believes } satisfies SellerMessage);
  process.exit();
}

/** Sells one ticket. Returns what the buyer was told. */
async function sellOne(task: SellerTask, locks: LockRegistry, gate: Gate): Promise<string> {
  const { folder, eventId, customer } = task;
  const tracer = new StepTracer(() => {}, 1);
  const onFault = () => {}; // the buyer is told
  const open = heldStores[task.store];
  if (open === undefined) throw new Error(`${task.store} cannot be stepped`);
  const options = {
    folder,
    durable: true,
    raceWindowMs: 0,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    lockStaleMs: STALE_MS,
    lockMode: task.lockMode,
    emit: tracer.emit,
    onFault,
  };
  const store = await open(options, eventId, gate);
  const lock = await openLock(task, locks, gate);
  const queue = new BatchQueue({
    sell: (buys) => store.sell(buys),
    withLock: (section, deadline) => lock.run(section, deadline),
    maxConcurrentBatches: 1,
    batchMax: 1,
    maxWaiting: 1,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    sellTimeoutMs: LOCK_TIMEOUT_MS,
    tracer,
    onFault,
  });
  return describe(await queue.buy({ eventId, customer, quantity: 1 }));
}

/** The lock of the store, held before each step; `off` locks nothing, so there is nothing to hold. */
async function openLock(task: SellerTask, locks: LockRegistry, gate: Gate): Promise<Lock> {
  const mode = locks[task.lockMode as keyof LockRegistry];
  const path = stores[task.store].guardedFile(task.folder);
  const lock = await mode.open({ path, staleMs: STALE_MS, onWarning: () => {} });
  return mode.scope === 'nothing' ? lock : holdLock(lock, gate);
}

function describe(result: BuyResult): string {
  if (result.kind === 'sold') return `its buyer has ${serialsInWords(result.serials)}`;
  return result.kind === 'soldOut' ? 'its buyer was told "sold out"' : result.kind;
}
