import type { PrepareOptions, StoreDriver } from '../driver.js';
import { redactedAddress } from './address.js';
import { concurrencyModes } from './modes/registry.js';

/** Loaded by whoever sells with it: the other stores start sooner without a database's client. */
const office = () => import('./office.js');

/** What is told of no folder and of no time: the packaged events, and a database that is there. */
const atOnce: PrepareOptions = { seeds: '', waitMs: 0 };

/** Tables of a PostgreSQL, shared by any number of machines. Its place is the database's address. */
export const postgres: StoreDriver = {
  about: 'tables of a PostgreSQL at `DATABASE_URL`, shared by any number of machines',
  storedIn: 'database',
  needsLock: true,
  mixesLockModes: false,
  lockModes: () => concurrencyModes,
  lockModeDefault: 'row',
  guardedFile: redactedAddress,

  prepare: async (address, options = atOnce) => (await office()).prepare(address, options),
  open: async (options) => (await office()).open(options),
  keep: async ({ folder, lockMode = 'row' }) => (await office()).keep(folder, lockMode),
  history: async (address) => (await office()).history(address),
};
