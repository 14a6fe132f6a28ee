import { locks } from '../lock/registry.js';
import { UnusableError } from '../unusable.js';
import type { Bound, LabStore, Setting } from './report.js';

/** The stores that an experiment can run on. */
export const labStores: readonly LabStore[] = ['json', 'ledger'];

/** What an experiment is, unless it is asked for otherwise. */
export const defaults: Setting = {
  store: 'json',
  lockMode: 'file',
  batchMax: 256,
  buyers: 200,
  quantity: 1,
  capacity: 100,
  workers: 2,
  windowMs: 0,
};

export type Amount = 'batchMax' | 'buyers' | 'quantity' | 'capacity' | 'workers' | 'windowMs';

/** The least and the most that an experiment takes: it ends in seconds, on any machine. */
export const bounds: Readonly<Record<Amount, Bound>> = {
  batchMax: { min: 1, max: 4096 },
  buyers: { min: 1, max: 5000 },
  quantity: { min: 1, max: 10 },
  capacity: { min: 1, max: 1_000_000 },
  workers: { min: 1, max: 16 },
  windowMs: { min: 0, max: 1000 },
};

export const amounts = Object.keys(bounds) as Amount[];

/**
 * Whether two sections that read and write the same file may run at once, so that there is a race.
 * (With the ledger, whoever comes second is overtaken, and sold nothing.)
 */
export function isUnguarded({ store, lockMode, workers }: Setting): boolean {
  const { scope } = locks[lockMode];
  return store === 'json' && (scope === 'nothing' || (scope === 'process' && workers > 1));
}

/** @throws UnusableError for the first amount out of its bounds */
export function refuseBeyondBounds(setting: Partial<Setting>): void {
  for (const name of amounts) {
    const amount = setting[name];
    const { min, max } = bounds[name];
    if (amount === undefined || (Number.isInteger(amount) && amount >= min && amount <= max)) {
      continue;
    }
    throw new UnusableError(`${name} is ${amount}: it takes a whole number from ${min} to ${max}`);
  }
}
