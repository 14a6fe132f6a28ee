import { locks } from '../lock/registry.js';
import { json } from './json-kind.js';
import { ledger } from './ledger/kind.js';
import { postgres } from './postgres/kind.js';
/** Every store, by the name that `STORE` takes. */
export const stores = { json, ledger, postgres };
export const storeNames = Object.keys(stores);
/** The lock modes that fit a store, by name. */
export const lockModesOf = (store) => stores[store].lockModes(locks);
/** The name of every lock mode of every store, each once. */
export const allLockModeNames = [
    ...new Set(storeNames.flatMap((store) => Object.keys(lockModesOf(store)))),
];
