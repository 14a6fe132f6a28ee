import { dirname, join } from 'node:path';
import { UserError } from '../../user-error.js';
import type { StoreDriver } from '../driver.js';
import { exists, sweepTemporaries, syncFolder } from '../shared/atomic-file.js';
import { rejectOtherStore } from '../shared/folder.js';
import { loadSeed } from '../shared/seed.js';
import { JsonHistory } from './history.js';
import { Receipts } from './receipts.js';
import { JsonStore } from './store.js';
import { TicketFile } from './ticket-file.js';

const ticketsIn = (folder: string): string => join(folder, 'tickets.json');
const receiptsIn = (folder: string): string => join(folder, 'receipts.jsonl');

/** The files of the json store, and how they come into being. */
export const json: StoreDriver = {
  about: 'one JSON file, `tickets.json`, and receipts of what buyers were told',
  storedIn: 'folder',
  needsLock: true,
  mixesLockModes: false, // a lock file keeps out nobody who looks at a kernel lock
  lockModes: (ofHost) => ofHost,
  lockModeDefault: 'file',
  guardedFile: ticketsIn,

  async prepare(folder) {
    const tickets = new TicketFile(ticketsIn(folder), true);
    await rejectOtherStore(folder, 'ledger');
    await sweepTemporaries(tickets.path);
    await tickets.read().catch(async (error) => {
      if (error.code !== 'ENOENT') throw error;
      await rejectOrphanReceipts(receiptsIn(folder), tickets.path);
      await tickets.create(await loadSeed(folder, tickets.path));
    });
  },

  async open({ folder, durable, raceWindowMs }) {
    const receipts = await Receipts.open(receiptsIn(folder), durable);
    if (durable) await syncFolder(dirname(receipts.path));
    return new JsonStore(new TicketFile(ticketsIn(folder), durable), receipts, raceWindowMs);
  },

  history: (folder) => new JsonHistory(ticketsIn(folder), receiptsIn(folder)).read(),

  keep: async () => ({ close: async () => {} }), // there is nothing to keep
};

/** Fresh tickets beside old receipts would sell again what somebody has. */
async function rejectOrphanReceipts(receipts: string, tickets: string): Promise<void> {
  if (!(await exists(receipts, 1))) return;
  throw new UserError(
    `${receipts} tells of sales, and ${tickets} is gone: put it back, or npm run reset`,
  );
}
