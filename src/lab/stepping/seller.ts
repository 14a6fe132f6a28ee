import { join } from 'node:path';
import { BatchQueue } from '../../booking/batch-queue.js';
import { StepTracer } from '../../booking/sale-steps.js';
import type { Store } from '../../booking/store.js';
import type { Lock } from '../../lock/lock-mode.js';
import type { LockRegistry } from '../../lock/registry.js';
import type { StoreOptions } from '../../store/driver.js';
import { stores } from '../../store/registry.js';
import { onParentExit, sendToParent } from '../child-process.js';
import { Gate } from './gate.js';
import { gateLock, nestLocks } from './gated-lock.js';
import { gatedStores, gateSale } from './gated-store.js';
import type { SellerMessage, SellerTask } from './messages.js';
import { describeResult } from './process-beliefs.js';

/** Longer than a stepped run may take, so that a process never gives up by itself. */
const LOCK_TIMEOUT_MS = 20 * 60_000;

/**
 * The program of a process that a learner steps: it serves one client, with the store, the lock and the
 * queue of a server's worker, and exits. Its only argument is a `SellerTask`, as JSON.
 *
 * @param locks the lock modes
 */
export async function runSeller(locks: LockRegistry): Promise<void> {
  onParentExit(() => process.exit());
  const task = JSON.parse(process.argv[2] ?? '{}') as SellerTask;
  const gate = new Gate(process);
  const believes = await sell(task, locks, gate).catch(
    (error) => `its client got an error: ${(error as Error).message}`,
  );
  await sendToParent({ type: 'done', believes } satisfies SellerMessage);
  process.exit();
}

/** Carries out its commands. Returns what the client was told. */
async function sell(task: SellerTask, locks: LockRegistry, gate: Gate): Promise<string> {
  const { folder, commands } = task;
  const tracer = new StepTracer(() => {}, 1);
  const onFault = () => {}; // the client is told
  const options = {
    location: folder,
    durable: true,
    raceWindowMs: 0,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    lockStaleMs: task.staleMs,
    lockMode: task.lockMode,
    emit: tracer.emit,
    onFault,
  };
  const store = await openStore(task, options, gate);
  const lock = await openLock(task, locks, gate);
  const queue = new BatchQueue({
    sell: (buys) => store.sell(buys),
    withLock: (section, deadline) => lock.run(section, deadline),
    maxConcurrentBatches: 1,
    batchMax: commands.length,
    maxWaiting: commands.length,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    sellTimeoutMs: LOCK_TIMEOUT_MS,
    tracer,
    onFault,
  });
  const results = await Promise.all(commands.map((command) => queue.submit(command)));
  return results.map(describeResult).join(', ');
}

function openStore(task: SellerTask, options: StoreOptions, gate: Gate): Promise<Store> {
  const { store, locks, commands, now } = task;
  const [command] = commands;
  if (locks !== undefined) return stores[store].open(options).then((each) => gateSale(each, gate));
  const open = gatedStores[store];
  if (open === undefined || command === undefined) throw new Error(`${store} cannot be stepped`);
  return open(options, { command, ...(now !== undefined && { now }) }, gate);
}

/** The lock or locks, held before each step; `off` locks nothing, so there is nothing to hold. */
async function openLock(task: SellerTask, locks: LockRegistry, gate: Gate): Promise<Lock> {
  const mode = locks[task.lockMode as keyof LockRegistry];
  const open = (path: string, recordPath = path) =>
    mode.open({ path, recordPath, staleMs: task.staleMs, onWarning: () => {} });
  if (task.locks !== undefined) {
    const held = task.locks.map(async (name) =>
      gateLock(await open(join(task.folder, name)), gate, name),
    );
    return nestLocks(await Promise.all(held));
  }
  const { guardedFile, recordFile } = stores[task.store];
  const lock = await open(guardedFile(task.folder), recordFile(task.folder));
  return mode.scope === 'nothing' ? lock : gateLock(lock, gate);
}
