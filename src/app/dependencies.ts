import { BatchQueue, type QueueOptions } from '../booking/batch-queue.js';
import type { LockMode } from '../lock/lock-mode.js';
import { type LockRegistry, locks } from '../lock/registry.js';
import type { Settings } from '../settings.js';
import { type StoreRegistry, stores } from '../store/registry.js';

/** What a worker is composed of. A program that wants another office hands over other parts. */
export interface Dependencies {
  readonly locks: LockRegistry;
  readonly stores: StoreRegistry;
  readonly newQueue: (options: QueueOptions) => Queue;
}

export type Queue = Pick<BatchQueue, 'buy' | 'drain' | 'draining' | 'unanswered'>;

export const dependencies: Dependencies = {
  locks,
  stores,
  newQueue: (options) => new BatchQueue(options),
};

/** The lock mode that an office of these parts runs with. */
export function scopedLockMode({ locks, stores }: Dependencies, settings: Settings): LockMode {
  const mode = stores[settings.STORE].lockModes(locks)[settings.LOCK_MODE];
  if (mode === undefined) throw new Error(`${settings.STORE} has no ${settings.LOCK_MODE}`);
  return mode;
}
