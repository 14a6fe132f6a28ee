import { json } from './json-kind.js';
import type { StoreKind } from './kind.js';
import { ledger } from './ledger/kind.js';

/** Every store, by the name that `STORE` takes. */
export const stores = { json, ledger } satisfies Record<string, StoreKind>;

export type StoreName = keyof typeof stores;
export type StoreRegistry = Readonly<Record<StoreName, StoreKind>>;
export const storeNames = Object.keys(stores) as StoreName[];
