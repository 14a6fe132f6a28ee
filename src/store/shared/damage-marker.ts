import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_FILE, readOwnFile } from './private-file.js';

/** The damage marker: what a server found damaged while it sold. While it exists, no server starts. */
export const damagedIn = (folder: string): string => join(folder, 'DAMAGED');

/**
 * Writes the marker, unless there is one: the first report is kept. It never throws: a disk too full
 * for the marker must not prevent the stop.
 *
 * @param damage what is wrong
 */
export function writeDamageMarker(folder: string, damage: string): void {
  try {
    writeFileSync(damagedIn(folder), `${damage}\n`, {
      flag: 'wx',
      mode: PRIVATE_FILE,
      flush: true,
    });
  } catch {
    // The server stops all the same, and the next start checks the files.
  }
}

/** What the marker says, or `undefined` if there is none. @throws LinkError if it is a link */
export async function readDamageMarker(folder: string): Promise<string | undefined> {
  return (await readOwnFile(damagedIn(folder)))?.toString('utf8').trim();
}
