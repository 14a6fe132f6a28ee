import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnusableError } from '../unusable.js';
import { JsonEvidence } from './evidence.js';
import { sweepTemporaries, syncFolder } from './files.js';
import { JsonStore } from './json.js';
import type { StoreKind } from './kind.js';
import { Receipts } from './receipts.js';
import { freshTickets } from './seed.js';
import { TicketFile } from './ticket-file.js';

const ticketsIn = (folder: string): string => join(folder, 'tickets.json');
const receiptsIn = (folder: string): string => join(folder, 'receipts.jsonl');

/** The files of the json store, and how they come into being. */
export const json: StoreKind = {
  about: 'one JSON file, `tickets.json`, and receipts of what buyers were told',
  gathersWithoutLock: false,
  guardedFile: ticketsIn,

  async prepare(folder) {
    const tickets = new TicketFile(ticketsIn(folder), true);
    await sweepTemporaries(tickets.path);
    await tickets.read().catch(async (error) => {
      if (error.code !== 'ENOENT') throw error;
      await refuseOldReceipts(receiptsIn(folder), tickets.path);
      await tickets.create(await freshTickets(folder, tickets.path));
    });
  },

  async open({ folder, durable, raceWindowMs }) {
    const receipts = await Receipts.open(receiptsIn(folder), durable);
    if (durable) await syncFolder(dirname(receipts.path));
    return new JsonStore(new TicketFile(ticketsIn(folder), durable), receipts, raceWindowMs);
  },

  history: (folder) => new JsonEvidence(ticketsIn(folder), receiptsIn(folder)).read(),

  async reset(folder) {
    const tickets = new TicketFile(ticketsIn(folder), true);
    const fresh = await freshTickets(folder, tickets.path);
    // In this order: a crash in between leaves tickets that are nobody's, not people without tickets.
    await rm(receiptsIn(folder), { force: true });
    await syncFolder(folder);
    await tickets.replace(fresh);
  },
};

/** Fresh tickets beside old receipts would sell again what somebody has. */
async function refuseOldReceipts(receipts: string, tickets: string): Promise<void> {
  const { size } = await stat(receipts).catch(() => ({ size: 0 }));
  if (size === 0) return;
  throw new UnusableError(
    `${receipts} tells of sales, and ${tickets} is gone: put it back, or npm run reset`,
  );
}
