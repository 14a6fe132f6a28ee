import type { TicketState } from '../../src/booking/inventory.js';
import { resetPostgres } from '../../src/store/postgres/reset.js';
import { type StoreName, stores } from '../../src/store/registry.js';
import { resetFolder } from '../../src/store/shared/folder.js';
import { TestDatabase } from './database.js';
import { newFolder, removeFolder } from './folder.js';

/** Where a store keeps its tickets: a new folder or a new database. */
export interface TestStoreLocation {
  /** The folder's path or the database's address, as the store takes it. */
  readonly path: string;
  prepare(): Promise<void>;
  /** Puts every ticket back on sale. */
  reset(): Promise<void>;
  dispose(): Promise<void>;
}

/** Creates a location with these events. The caller disposes of it. */
export async function newStoreLocation(
  store: StoreName,
  events: TicketState['events'],
): Promise<TestStoreLocation> {
  const kind = stores[store];
  if (kind.storedIn === 'database') {
    const database = await TestDatabase.create(events);
    const { address: path, seeds } = database;
    return {
      path,
      prepare: () => database.prepare(),
      reset: () => resetPostgres(path, { seeds, waitMs: 0 }, async () => {}),
      dispose: () => database.dispose(),
    };
  }
  const path = newFolder(events);
  return {
    path,
    prepare: () => kind.prepare(path),
    reset: () => resetFolder(path),
    dispose: async () => removeFolder(path),
  };
}
