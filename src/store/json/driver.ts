import { UserError } from '../../user-error.js';
import { restoreFolder } from '../backup/folder.js';
import type { StoreDriver } from '../driver.js';
import { exists, sweepTemporaries, syncFolder } from '../shared/files.js';
import { rejectOtherStore } from '../shared/folder.js';
import { createPause } from '../shared/pause.js';
import { loadSeed } from '../shared/seed.js';
import { withSnapshot } from './backup.js';
import { erase } from './erase.js';
import { JsonHistory } from './history.js';
import { receiptsIn, ticketsIn } from './paths.js';
import { Receipts } from './receipts.js';
import { JsonStore } from './store.js';
import { TicketFile } from './ticket-file.js';
import { traceFiles } from './trace.js';

const historyOf = (folder: string) => new JsonHistory(ticketsIn(folder), receiptsIn(folder));

/** The json store: `tickets.json`, and `receipts.jsonl` beside it. */
export const json: StoreDriver = {
  about: 'one JSON file, `tickets.json`, and receipts of what buyers were told',
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
  },

  async open({ folder, durable, raceWindowMs, emit }) {
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

  backup: withSnapshot,

  erase,

  restore: (folder, entries, { replace, approve }) =>
    restoreFolder(folder, entries, {
      names: ['tickets.json', 'receipts.jsonl', 'tickets.seed.json'],
      replace,
      verify: async (unpacked) => approve(await historyOf(unpacked).read()),
    }),
};

/** New tickets beside old receipts would be sold again. */
async function rejectOrphanReceipts(receipts: string, tickets: string): Promise<void> {
  if (!(await exists(receipts, 1))) return;
  throw new UserError(
    `${receipts} records sales, but ${tickets} is gone: restore it, or run npm run reset`,
  );
}
