import type { Settings } from '../settings.js';
import { acquireFolderLock } from '../store/shared/folder-lock.js';
import type { Dependencies } from './dependencies.js';

/**
 * What all offices on one folder must agree on: two stores would sell the same tickets, and so would
 * two lock modes that know nothing of each other.
 */
function folderAgreement({ STORE, LOCK_MODE }: Settings, { stores }: Dependencies): string {
  return stores[STORE].mixesLockModes ? `STORE=${STORE}` : `STORE=${STORE} LOCK_MODE=${LOCK_MODE}`;
}

/**
 * Says that this process has the folder open. An office on a database opens no folder, and says so
 * in the database.
 */
export async function lockFolder(settings: Settings, dependencies: Dependencies): Promise<void> {
  if (dependencies.stores[settings.STORE].storedIn !== 'folder') return;
  await acquireFolderLock(settings.DATA_DIR, folderAgreement(settings, dependencies));
}
