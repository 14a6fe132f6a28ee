import type { Parts } from '../parts.js';
import type { Settings } from '../settings.js';

/**
 * What all offices on one folder must agree on: two stores would sell the same tickets, and so would
 * two lock modes that know nothing of each other.
 */
export function agreementOf({ STORE, LOCK_MODE }: Settings, { stores }: Parts): string {
  return stores[STORE].mixesLockModes ? `STORE=${STORE}` : `STORE=${STORE} LOCK_MODE=${LOCK_MODE}`;
}
