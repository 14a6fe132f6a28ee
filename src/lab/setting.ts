import { canOversell } from '../store/driver.js';
import { lockModesOf, storeNames, stores } from '../store/registry.js';
import {
  type Bound,
  type LabLockMode,
  type LabStore,
  type Setting,
  type StoreChoice,
  settingBounds,
} from '../timeline/report.js';
import { UserError } from '../user-error.js';

/** The stores that an experiment can run on. */
export const labStores: readonly LabStore[] = storeNames;

/** Whether a store keeps its tickets in a database. */
export const isInDatabase = (store: LabStore): boolean => stores[store].storedIn === 'database';

/**
 * Why a store cannot be had for an experiment; `undefined` where it can.
 *
 * @param databaseUrl the server on which a sandbox may make its database
 */
export const whyUnavailable = (
  store: LabStore,
  databaseUrl: string | undefined,
): string | undefined =>
  isInDatabase(store) && databaseUrl === undefined ? 'there is no DATABASE_URL' : undefined;

/** The stores that may be asked for, each with the lock modes that fit it. */
export const storeChoices = (databaseUrl: string | undefined): StoreChoice[] =>
  labStores.map((store) => ({
    store,
    lockModes: Object.keys(lockModesOf(store)) as LabLockMode[],
    lockMode: usualModeOf(store),
    ...unavailable(store, databaseUrl),
  }));

/** The lock mode of a store, unless it is asked for with another one. */
export const usualModeOf = (store: LabStore): LabLockMode =>
  stores[store].lockModeDefault as LabLockMode;

/** The same reason as a part of what is not available. */
export const unavailable = (
  store: LabStore,
  databaseUrl: string | undefined,
): { readonly unavailable?: string } => {
  const why = whyUnavailable(store, databaseUrl);
  return why === undefined ? {} : { unavailable: why };
};

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

export const bounds: Readonly<Record<Amount, Bound>> = settingBounds;

export const amounts = Object.keys(bounds) as Amount[];

/**
 * Whether two sections that read and write the same file may run at once, so that there is a race.
 * (With the ledger, whoever comes second is overtaken, and sold nothing.)
 */
export function isUnguarded(setting: Setting): boolean {
  return canOversell(stores[setting.store], { scope: scopeOf(setting) }, setting.workers);
}

/** Whether there is a lock that turns wait for. (Who is `optimistic` waits for nobody.) */
export const hasLock = (setting: Setting): boolean =>
  scopeOf(setting) !== 'nothing' && setting.lockMode !== 'optimistic';

const scopeOf = ({ store, lockMode }: Setting) =>
  new Map(Object.entries(lockModesOf(store))).get(lockMode)?.scope ?? 'nothing';

/** @throws UnusableError for the first amount out of its bounds */
export function rejectOutOfBounds(setting: Partial<Setting>): void {
  for (const name of amounts) {
    const amount = setting[name];
    const { min, max } = bounds[name];
    if (amount === undefined || (Number.isInteger(amount) && amount >= min && amount <= max)) {
      continue;
    }
    throw new UserError(`${name} is ${amount}: it takes a whole number from ${min} to ${max}`);
  }
}
