import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder, traceFolder } from '../sandbox-folder.js';

/** The two events. Each has a file with its number of tickets, and a lock of its own. */
export type EventName = 'east' | 'west';

/** The file with the number of tickets of an event. */
export const eventIn = (folder: string, name: EventName): string => join(folder, `${name}.json`);

/** The file that is locked: unlike that with the tickets it is never replaced. */
export const lockedIn = (folder: string, name: EventName): string => join(folder, `${name}.guard`);

/** Creates a folder with so many tickets in the east, and none in the west. Returns its path. */
export function createLocksFolder(tickets: number): string {
  const folder = createTemporaryFolder();
  writeFileSync(eventIn(folder, 'east'), `${tickets}\n`);
  writeFileSync(eventIn(folder, 'west'), '0\n');
  for (const name of ['east', 'west'] as const) writeFileSync(lockedIn(folder, name), '');
  mkdirSync(traceFolder(folder));
  return folder;
}
