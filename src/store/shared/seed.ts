import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TicketState, unsold } from '../../booking/inventory.js';
import { readIfExists } from './files.js';
import { parseSeed, parseTicketsOfAnyStore } from './tickets-json.js';

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
  const current = await readFileWith(parseTicketsOfAnyStore, ticketsPath);
  if (current !== undefined && Object.values(current.events).every((event) => event.issued === 0)) {
    return unsold(current);
  }
  const own = await readFileWith(parseSeed, join(folder, 'tickets.seed.json'));
  if (own !== undefined) return own;
  if (current !== undefined) return unsold(current);
  for (const path of packagedSeed) {
    const packaged = await readFileWith(parseSeed, path);
    if (packaged !== undefined) return packaged;
  }
  throw new Error(`no ${packagedSeed[0]}: the package is incomplete`);
}

type Parse = (path: string, bytes: Buffer) => TicketState;

async function readFileWith(parse: Parse, path: string): Promise<TicketState | undefined> {
  const bytes = await readIfExists(path);
  return bytes === undefined ? undefined : parse(path, bytes);
}
