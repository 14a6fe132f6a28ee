import { resolve } from 'node:path';
import type { Store } from '../booking/store.js';
import { type Settings, storeLocation } from '../settings.js';
import type { StoreDriver } from '../store/driver.js';
import { type StoreName, stores } from '../store/registry.js';
import { exists } from '../store/shared/files.js';
import { storeOfFolder } from '../store/shared/folder.js';
import { UserError } from '../user-error.js';

/** A store, and where its tickets are. */
export interface LocatedStore {
  readonly store: StoreName;
  readonly location: string;
  /** The location for people: without a password. */
  readonly shown: string;
}

/**
 * The store of these settings. With a folder, its files decide which store it is, not STORE.
 *
 * @throws UserError when there are no tickets, or no database answers
 */
export async function locateStore(settings: Settings): Promise<LocatedStore> {
  const { STORE, DATABASE_WAIT_S } = settings;
  const driver: StoreDriver = stores[STORE];
  if (driver.storedIn === 'database') {
    const location = storeLocation(settings);
    await driver.requireTickets?.(location, DATABASE_WAIT_S * 1000);
    return { store: STORE, location, shown: driver.guardedFile(location) };
  }
  const location = resolve(settings.DATA_DIR);
  const found = await storeOfFolder(location);
  const store = found ?? 'json';
  if (found === undefined && !(await exists(stores.json.guardedFile(location)))) {
    throw new UserError(`${location} contains no tickets`);
  }
  return { store, location, shown: location };
}

/** Opens a store of which only questions are asked. */
export function openForReading(
  { store, location }: LocatedStore,
  settings: Settings,
): Promise<Store> {
  return stores[store].open({
    location,
    durable: false,
    raceWindowMs: 0,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    lockStaleMs: settings.LOCK_STALE_MS,
    lockMode: stores[store].lockModeDefault,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
    emit: () => {},
    onFault(fault) {
      throw fault;
    },
  });
}
