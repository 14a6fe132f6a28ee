import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { readIfExists } from '../shared/files.js';

/** The files of a json folder contradict each other, or what this process wrote: a sale may be lost. */
export class DamagedFolderError extends UserError {
  readonly code = 'DAMAGED';
  override readonly exitCode = exitCode.damaged;
}

/** The damage marker: while it exists, no server starts. `npm run reset` removes it. */
const damagedIn = (folder: string): string => join(folder, 'DAMAGED');

/**
 * Returns the error for damage that was found while selling, and writes the marker.
 *
 * @param damage without the path of the folder: everybody may read the verdict
 */
export function markDamaged(folder: string, damage: string): DamagedFolderError {
  try {
    writeFileSync(damagedIn(folder), `${damage}\n`, { flag: 'wx' });
  } catch {
    // The first report is kept, and a disk too full for the marker must not prevent the stop.
  }
  return new DamagedFolderError(`${folder} is damaged: ${damage}`);
}

/** What a server found damaged while it sold, or `undefined`. */
export async function readDamage(folder: string): Promise<string | undefined> {
  return (await readIfExists(damagedIn(folder)))?.toString('utf8').trim();
}

/** @throws DamagedFolderError while the marker exists */
export async function rejectDamaged(folder: string): Promise<void> {
  const damage = await readDamage(folder);
  if (damage === undefined) return;
  throw new DamagedFolderError(
    `${folder} is damaged: ${damage}. Restore the files from a backup and remove ${damagedIn(folder)}, or discard all sales (npm run reset)`,
  );
}
