import type { Settings } from '../settings.js';
import { FolderLock, type RequiredSettings } from '../store/shared/folder-lock.js';
import type { UserError } from '../user-error.js';
import { type Dependencies, modeInfo, storeDriver } from './dependencies.js';

/**
 * Takes this process's lock on the folder. (Servers on a database announce themselves in the database.)
 *
 * @param onLost called when this process must stop, because others have the folder
 */
export async function lockFolder(
  settings: Settings,
  dependencies: Dependencies,
  onLost: (error: UserError) => void,
): Promise<FolderLock | undefined> {
  if (storeDriver(dependencies, settings).storedIn !== 'folder') return undefined;
  const required = requiredSettings(settings, dependencies);
  return FolderLock.acquire(settings.DATA_DIR, required, onLost);
}

/**
 * What all servers on one folder must have in common: the store, the format of its files and, unless the store works with any
 * lock, the lock mode, and the time after which one may take over a lease of another. Otherwise they
 * would sell the same tickets twice.
 */
function requiredSettings(settings: Settings, dependencies: Dependencies): RequiredSettings {
  const { STORE, LOCK_MODE, LOCK_STALE_MS } = settings;
  const { format, mixesLockModes } = storeDriver(dependencies, settings);
  const store = { STORE, ...(format === undefined ? {} : { FORMAT: format }) };
  if (mixesLockModes) return store;
  return {
    ...store,
    LOCK_MODE,
    ...(modeInfo(dependencies, settings).isLease ? { LOCK_STALE_MS } : {}),
  };
}
