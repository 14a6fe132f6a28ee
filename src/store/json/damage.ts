import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { damagedIn, readDamageMarker, writeDamageMarker } from '../shared/damage-marker.js';
import { exists } from '../shared/files.js';
import { receiptsIn, ticketsIn } from './paths.js';

/** The files of a json folder contradict each other, or what this process wrote: a sale may be lost. */
export class DamagedFolderError extends UserError {
  readonly code = 'DAMAGED';
  override readonly exitCode = exitCode.damaged;
}

/**
 * Returns the error for damage that was found while selling, and writes the marker. `npm run reset`
 * removes it.
 *
 * @param damage without the path of the folder: any client may read the verdict
 */
export function markDamaged(folder: string, damage: string): DamagedFolderError {
  writeDamageMarker(folder, damage);
  return new DamagedFolderError(`${folder} is damaged: ${damage}`);
}

/** @throws DamagedFolderError while the marker exists */
export async function rejectDamaged(folder: string): Promise<void> {
  const damage = await readDamageMarker(folder);
  if (damage === undefined) return;
  throw new DamagedFolderError(
    `${folder} is damaged: ${damage}. Restore the files from a backup and remove ${damagedIn(folder)}, or discard all sales (npm run reset)`,
  );
}

/**
 * What is damaged in a folder whose tickets are of this version, or `undefined`: what a server found while
 * it sold, or that the receipts are gone. A server creates them before it sells.
 */
export async function findDamage(folder: string, version: number): Promise<string | undefined> {
  const found = await readDamageMarker(folder);
  if (found !== undefined || version === 0 || (await exists(receiptsIn(folder)))) return found;
  return `tickets.json has version ${version}, but receipts.jsonl is gone`;
}

/** Without the receipts, what was sold is unknown. @throws DamagedFolderError */
export async function rejectLostReceipts(folder: string, version: number): Promise<void> {
  const receipts = receiptsIn(folder);
  if (version === 0 || (await exists(receipts))) return;
  throw new DamagedFolderError(
    `${ticketsIn(folder)} has version ${version}, but ${receipts} is gone: restore it, or discard all sales (npm run reset)`,
  );
}

/** New tickets beside old receipts would be sold again. @throws DamagedFolderError */
export async function rejectLostTickets(folder: string): Promise<void> {
  if ((await exists(ticketsIn(folder))) || !(await exists(receiptsIn(folder), 1))) return;
  throw new DamagedFolderError(
    `${receiptsIn(folder)} records sales, but ${ticketsIn(folder)} is gone: restore it, or discard all sales (npm run reset)`,
  );
}
