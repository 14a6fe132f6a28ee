import { BatchQueue, type QueueOptions } from '../booking/batch-queue.js';
import type { StepListener } from '../booking/sale-steps.js';
import type { ModeInfo } from '../lock/lock-mode.js';
import { type LockRegistry, locks } from '../lock/registry.js';
import type { Settings } from '../settings.js';
import type { StoreDriver } from '../store/driver.js';
import { type StoreRegistry, stores } from '../store/registry.js';

/** What a server is put together from. Tests, the lab and the benchmark replace parts of it. */
export interface Dependencies {
  readonly locks: LockRegistry;
  readonly stores: StoreRegistry;
  readonly newQueue: (options: QueueOptions) => Queue;
  /** Receive every step of every sale, after the metrics. */
  readonly stepListeners: readonly StepListener[];
}

export type Queue = Pick<BatchQueue, 'submit' | 'drain' | 'draining' | 'unanswered'>;

export const dependencies: Dependencies = {
  locks,
  stores,
  newQueue: (options) => new BatchQueue(options),
  stepListeners: [],
};

/** The store of these settings. */
export const storeDriver = ({ stores }: Dependencies, { STORE }: Settings): StoreDriver =>
  stores[STORE];

/** The lock mode or concurrency mode of these settings. */
export function modeInfo(dependencies: Dependencies, settings: Settings): ModeInfo {
  const modes: Readonly<Record<string, ModeInfo>> =
    storeDriver(dependencies, settings).concurrencyModes ?? dependencies.locks;
  const mode = modes[settings.LOCK_MODE];
  if (mode === undefined) throw new Error(`${settings.STORE} has no ${settings.LOCK_MODE}`);
  return mode;
}
