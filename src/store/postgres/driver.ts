import type { PrepareOptions, StoreDriver } from '../driver.js';
import { redactedAddress } from './address.js';
import { concurrencyModes } from './modes/registry.js';

/** Loads the database client on first use: a server with another store does not need it. */
const database = () => import('./database.js');

/** Without a folder the events are the packaged ones; without a wait there is one attempt. */
const prepareDefaults: PrepareOptions = { seeds: '', waitMs: 0 };

/** The postgres store: tables that any number of machines share. Its location is a database URL. */
export const postgres: StoreDriver = {
  about: 'tables of a PostgreSQL at `DATABASE_URL`, shared by any number of machines',
  storedIn: 'database',
  needsLock: true,
  mixesLockModes: false,
  concurrencyModes,
  lockModeDefault: 'row',
  guardedFile: redactedAddress,
  recordFile: redactedAddress,

  prepare: async (address, options = prepareDefaults) =>
    (await database()).prepare(address, options),
  open: async (options) => (await database()).open(options),
  startBackgroundTask: async ({ location, lockMode }) =>
    (await database()).announce(location, lockMode),
  requireTickets: async (...args) => (await database()).requireTickets(...args),
  history: async (address) => (await database()).history(address),
  backup: async (...args) => (await import('./backup.js')).withSnapshot(...args),
  erase: async (...args) => (await import('./erase.js')).erase(...args),
  restore: async (...args) => (await import('./backup.js')).restore(...args),
};
