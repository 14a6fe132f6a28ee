import { occupy } from '../store/office-lock.js';
/**
 * What all offices on one folder must agree on: two stores would sell the same tickets, and so would
 * two lock modes that know nothing of each other.
 */
function agreementOf({ STORE, LOCK_MODE }, { stores }) {
    return stores[STORE].mixesLockModes ? `STORE=${STORE}` : `STORE=${STORE} LOCK_MODE=${LOCK_MODE}`;
}
/**
 * Says that this process has the folder open. An office on a database opens no folder, and says so
 * in the database.
 */
export async function occupyFolder(settings, parts) {
    if (parts.stores[settings.STORE].keptIn !== 'folder')
        return;
    await occupy(settings.DATA_DIR, agreementOf(settings, parts));
}
//# sourceMappingURL=agreement.js.map