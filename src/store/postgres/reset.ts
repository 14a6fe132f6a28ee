import { join } from 'node:path';
import type { TicketState } from '../../booking/inventory.js';
import type { SalesHistory } from '../../booking/store.js';
import type { PrepareOptions } from '../driver.js';
import { loadSeed } from '../shared/seed.js';
import { withExclusiveLock } from './advisory-locks.js';
import { readHistory } from './history.js';
import { migrate, replaceEverything } from './migrate.js';

/** The events of a folder, with every ticket for sale. */
export const readSeed = (folder: string): Promise<TicketState> =>
  loadSeed(folder, join(folder, 'tickets.json'));

/**
 * Puts every ticket of a database back on sale.
 *
 * @param confirm is called while no server can start
 * @throws UserError when a server sells from the database
 */
export function resetPostgres(
  address: string,
  { seeds, waitMs }: PrepareOptions,
  confirm: (history: SalesHistory) => Promise<void>,
): Promise<void> {
  return withExclusiveLock(address, waitMs, async (session) => {
    await migrate(session, () => readSeed(seeds));
    await confirm(await readHistory(session));
    await replaceEverything(session, await readSeed(seeds));
  });
}
