import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { soldCount, type TicketState, unsold } from '../../booking/inventory.js';
import { readIfExists } from './files.js';
import { parseTickets } from './tickets-json.js';

/** The packaged events, seen from `dist/src/store/shared/` and from `src/store/shared/`. */
const packagedSeed = ['../../../../data', '../../../data'].map((data) =>
  fileURLToPath(new URL(`${data}/tickets.seed.json`, import.meta.url)),
);

/**
 * The events of a folder with every ticket for sale. They come from its ticket file if nothing was
 * sold there; else from its `tickets.seed.json`; else from the ticket file; else from the package.
 *
 * @throws TicketFileError when the chosen file is not valid
 */
export async function loadSeed(folder: string, ticketsPath: string): Promise<TicketState> {
  const current = await readTickets(ticketsPath);
  if (
    current !== undefined &&
    Object.values(current.events).every((event) => soldCount(event) === 0)
  ) {
    return unsold(current);
  }
  const seed = (await readTickets(join(folder, 'tickets.seed.json'))) ?? current;
  if (seed !== undefined) return unsold(seed);
  for (const path of packagedSeed) {
    const packaged = await readTickets(path);
    if (packaged !== undefined) return unsold(packaged);
  }
  throw new Error(`no ${packagedSeed[0]}: the package is incomplete`);
}

async function readTickets(path: string): Promise<TicketState | undefined> {
  const bytes = await readIfExists(path);
  return bytes === undefined ? undefined : parseTickets(path, bytes);
}
