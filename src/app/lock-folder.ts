import type { Settings } from '../settings.js';
import { acquireFolderLock } from '../store/shared/folder-lock.js';
import { type Dependencies, storeDriver } from './dependencies.js';

/**
 * Takes this process's lock on the folder. All servers on one folder must agree on the store, and on a
 * lock mode unless the store works with any: otherwise they would sell the same tickets twice. (Servers
 * on a database announce themselves in the database.)
 */
export async function lockFolder(settings: Settings, dependencies: Dependencies): Promise<void> {
  const { storedIn, mixesLockModes, format } = storeDriver(dependencies, settings);
  if (storedIn !== 'folder') return;
  const store = `STORE=${settings.STORE}${format === undefined ? '' : ` FORMAT=${format}`}`;
  const requiredSettings = mixesLockModes ? store : `${store} LOCK_MODE=${settings.LOCK_MODE}`;
  await acquireFolderLock(settings.DATA_DIR, requiredSettings);
}
