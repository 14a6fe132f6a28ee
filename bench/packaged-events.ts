import { join } from 'node:path';
import type { TicketState } from '../src/booking/inventory.js';
import { loadSeed } from '../src/store/shared/seed.js';
import { benchFolder } from './packages.js';

/** The events that a server with an empty folder puts on sale. */
export function packagedEvents(): Promise<TicketState> {
  const missing = join(benchFolder, 'no-events');
  return loadSeed(missing, join(missing, 'tickets.json'));
}
