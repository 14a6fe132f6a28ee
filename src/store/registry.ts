import type { ModeInfo } from '../lock/lock-mode.js';
import { type LockModeName, locks } from '../lock/registry.js';
import type { StoreDriver } from './driver.js';
import { json } from './json/driver.js';
import { ledger } from './ledger/driver.js';
import { postgres } from './postgres/driver.js';
import type { ConcurrencyModeName } from './postgres/modes/registry.js';

/** Every store, by its `STORE`. */
export const stores = { json, ledger, postgres } satisfies Record<string, StoreDriver>;

export type StoreName = keyof typeof stores;
export type StoreRegistry = Readonly<Record<StoreName, StoreDriver>>;
export const storeNames = Object.keys(stores) as StoreName[];

/** The lock modes of a store, by name: its own or, without any, those of the host. */
export const lockModesOf = (store: StoreName): Readonly<Record<string, ModeInfo>> =>
  (stores[store] as StoreDriver).concurrencyModes ?? locks;

/** A lock mode of any store. */
export type AnyLockModeName = LockModeName | ConcurrencyModeName;

/** The names of all lock modes of all stores. */
export const allLockModeNames = [
  ...new Set(storeNames.flatMap((store) => Object.keys(lockModesOf(store)))),
] as AnyLockModeName[];
