import { BuyQueue, type QueueOptions } from './booking/queue.js';
import type { LockMode } from './lock/port.js';
import { type LockRegistry, locks } from './lock/registry.js';
import type { Settings } from './settings.js';
import { type StoreRegistry, stores } from './store/registry.js';

/** What a worker is composed of. A program that wants another office hands over other parts. */
export interface Parts {
  readonly locks: LockRegistry;
  readonly stores: StoreRegistry;
  readonly newQueue: (options: QueueOptions) => Queue;
}

export type Queue = Pick<BuyQueue, 'buy' | 'drain' | 'draining' | 'unanswered'>;

export const parts: Parts = { locks, stores, newQueue: (options) => new BuyQueue(options) };

/** The lock mode that an office of these parts runs with. */
export function lockModeOf({ locks, stores }: Parts, settings: Settings): LockMode {
  const mode = stores[settings.STORE].lockModes(locks)[settings.LOCK_MODE];
  if (mode === undefined) throw new Error(`${settings.STORE} has no ${settings.LOCK_MODE}`);
  return mode;
}
