import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../user-error.js';
import type { StoreDriver } from '../driver.js';
import { exists, sweepTemporaries, syncFolder } from '../shared/files.js';
import { rejectOtherStore } from '../shared/folder.js';
import { createPause } from '../shared/pause.js';
import { loadSeed } from '../shared/seed.js';
import { rejectDroppedMembers } from '../shared/tickets-json.js';
import { JsonHistory } from './history.js';
import { Receipts } from './receipts.js';
import { JsonStore } from './store.js';
import { TicketFile } from './ticket-file.js';
import { traceFiles } from './trace.js';

const ticketsIn = (folder: string): string => join(folder, 'tickets.json');
const receiptsIn = (folder: string): string => join(folder, 'receipts.jsonl');
const historyOf = (folder: string) => new JsonHistory(ticketsIn(folder), receiptsIn(folder));

/** The json store: `tickets.json`, and `receipts.jsonl` beside it. */
export const json: StoreDriver = {
  about: 'one JSON file, `tickets.json`, and a receipt of each sale; correct while a lock holds',
  storedIn: 'folder',
  needsLock: true,
  mixesLockModes: false, // the holder of a lock file does not exclude the holder of a kernel lock
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
    rejectDroppedMembers(tickets.path, await readFile(tickets.path));
  },

  async open({ location: folder, durable, raceWindowMs, emit }) {
    const receipts = await Receipts.open(receiptsIn(folder), durable);
    if (durable) await syncFolder(folder);
    const tickets = new TicketFile(ticketsIn(folder), durable);
    return new JsonStore({
      ...traceFiles({ tickets, receipts }, emit),
      pause: createPause(raceWindowMs, emit),
      history: historyOf(folder),
    });
  },

  history: (folder) => historyOf(folder).read(),
};

/** New tickets beside old receipts would be sold again. */
async function rejectOrphanReceipts(receipts: string, tickets: string): Promise<void> {
  if (!(await exists(receipts, 1))) return;
  throw new UserError(
    `${receipts} records sales, but ${tickets} is gone: restore it, or run npm run reset`,
  );
}
