import { canOversell } from '../store/driver.js';
import { lockModesOf, storeNames, stores } from '../store/registry.js';
import type { Bound, StoreChoice } from '../timeline/lab-catalogue.js';
import {
  type LabLockMode,
  type LabStore,
  type Setting,
  settingBounds,
} from '../timeline/setting.js';
import { UserError } from '../user-error.js';

/** The stores that an experiment can run on. */
export const labStores: readonly LabStore[] = storeNames;

/** Whether a store keeps its tickets in a database, not in a folder. */
export const isInDatabase = (store: LabStore): boolean => stores[store].storedIn === 'database';

/**
 * Why an experiment cannot use a store; `undefined` if it can.
 *
 * @param databaseUrl the server on which a sandbox may create its database
 */
export const whyUnavailable = (
  store: LabStore,
  databaseUrl: string | undefined,
): string | undefined =>
  isInDatabase(store) && databaseUrl === undefined ? 'DATABASE_URL is not set' : undefined;

/** The stores to choose from, each with its lock modes. */
export const storeChoices = (databaseUrl: string | undefined): StoreChoice[] =>
  labStores.map((store) => ({
    store,
    lockModes: Object.keys(lockModesOf(store)) as LabLockMode[],
    lockMode: defaultModeOf(store),
    ...availability(store, databaseUrl),
  }));

/** The lock mode of a store unless another one is requested. */
export const defaultModeOf = (store: LabStore): LabLockMode =>
  stores[store].lockModeDefault as LabLockMode;

/** The same reason, as a member to spread into the catalogue. */
export const availability = (
  store: LabStore,
  databaseUrl: string | undefined,
): { readonly unavailable?: string } => {
  const why = whyUnavailable(store, databaseUrl);
  return why === undefined ? {} : { unavailable: why };
};

/** The default setting of an experiment. */
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

export type NumericSetting = keyof typeof settingBounds;

/** The bounds of each setting: within them an experiment ends in seconds, on any machine. */
export const bounds: Readonly<Record<NumericSetting, Bound>> = settingBounds;

export const numericSettings = Object.keys(bounds) as NumericSetting[];

/**
 * Whether two critical sections that read and write the same file may overlap, so that there is a race.
 * (The ledger has none: a write that comes second does not count.)
 */
export function isUnguarded(setting: Setting): boolean {
  return canOversell(stores[setting.store], { scope: scopeOf(setting) }, setting.workers);
}

/** Whether batches wait for a lock. (In `optimistic` mode they do not.) */
export const hasLock = (setting: Setting): boolean =>
  scopeOf(setting) !== 'nothing' && setting.lockMode !== 'optimistic';

const scopeOf = ({ store, lockMode }: Setting) =>
  new Map(Object.entries(lockModesOf(store))).get(lockMode)?.scope ?? 'nothing';

/** @throws UserError for the first number out of its bounds */
export function requireInBounds(setting: Partial<Setting>): void {
  for (const name of numericSettings) {
    const value = setting[name];
    const { min, max } = bounds[name];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) continue;
    throw new UserError(`${name} is ${value}: it takes a whole number from ${min} to ${max}`);
  }
}
