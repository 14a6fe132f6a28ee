import { type LockModeName, locks } from '../lock/registry.js';
import type { StoreDriver } from './driver.js';
import { json } from './json/driver.js';
import { ledger } from './ledger/driver.js';
import { postgres } from './postgres/driver.js';
import type { ConcurrencyModeName } from './postgres/modes/registry.js';

/** Every store, by the name that `STORE` takes. */
export const stores = { json, ledger, postgres } satisfies Record<string, StoreDriver>;

export type StoreName = keyof typeof stores;
export type StoreRegistry = Readonly<Record<StoreName, StoreDriver>>;
export const storeNames = Object.keys(stores) as StoreName[];

/** The lock modes that fit a store, by name. */
export const lockModesOf = (store: StoreName) => stores[store].lockModes(locks);

/** A lock mode of whichever store. */
export type AnyLockModeName = LockModeName | ConcurrencyModeName;

/** The name of every lock mode of every store, each once. */
export const allLockModeNames = [
  ...new Set(storeNames.flatMap((store) => Object.keys(lockModesOf(store)))),
] as AnyLockModeName[];
