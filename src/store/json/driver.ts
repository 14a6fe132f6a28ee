import { readFile } from 'node:fs/promises';
import { delegateTo } from '../../booking/store.js';
import { judge } from '../../verdict/judge.js';
import { restoreFolder } from '../backup/folder.js';
import type { StoreDriver, StoreOptions } from '../driver.js';
import { exists, sweepTemporaries, syncFolder } from '../shared/files.js';
import { rejectOtherStore } from '../shared/folder.js';
import { createPause } from '../shared/pause.js';
import { rejectForeignFile } from '../shared/private-file.js';
import { loadSeed } from '../shared/seed.js';
import { rejectDroppedMembers } from '../shared/tickets-json.js';
import { withSnapshot } from './backup.js';
import {
  DamagedFolderError,
  rejectDamaged,
  rejectLostReceipts,
  rejectLostTickets,
} from './damage.js';
import { erase } from './erase.js';
import { JsonHistory } from './history.js';
import { withIdempotencyKeys } from './idempotency.js';
import { receiptsIn, ticketsIn } from './paths.js';
import { ReceiptIndex } from './receipt-index.js';
import { Receipts } from './receipts.js';
import { Records } from './records.js';
import { JsonStore, type JsonStoreOptions } from './store.js';
import { TicketFile } from './ticket-file.js';
import { traceFiles } from './trace.js';

const historyOf = (folder: string) => new JsonHistory(ticketsIn(folder), receiptsIn(folder));

/** The json store: `tickets.json`, and `receipts.jsonl` beside it. */
export const json: StoreDriver = {
  about: 'one JSON file, `tickets.json`, and a receipt of each sale; correct while a lock holds',
  storedIn: 'folder',
  needsLock: true,
  mixesLockModes: false, // the holder of a lock file does not exclude the holder of a kernel lock
  lockModeDefault: 'file',
  guardedFile: ticketsIn,
  recordFile: receiptsIn,

  async prepare(folder, options) {
    const tickets = new TicketFile(ticketsIn(folder), true);
    await rejectOtherStore(folder, 'ledger');
    await rejectDamaged(folder);
    for (const path of [ticketsIn(folder), receiptsIn(folder)]) rejectForeignFile(path);
    await sweepTemporaries(tickets.path);
    await tickets.read().catch(async (error) => {
      if (error.code !== 'ENOENT') throw error;
      await rejectLostTickets(folder);
      await tickets.create(await loadSeed(folder, tickets.path));
    });
    rejectDroppedMembers(tickets.path, await readFile(tickets.path));
    await requireReceipts(folder);
    if (options?.exclusive) await rejectContradiction(folder);
  },

  async open(options) {
    const { receipts, index, ...files } = await openFiles(options);
    const store = new JsonStore({ ...files, receipts });
    if (!options.exclusive) return store; // without a lock, both of two equal requests find no key
    const sell = withIdempotencyKeys((commands) => store.sell(commands), index, files.receiptFile);
    return delegateTo(store, { remembersKeys: true, sell });
  },

  async history(folder) {
    await rejectLostTickets(folder);
    return historyOf(folder).read();
  },

  backup: withSnapshot,

  erase,

  restore: (folder, entries, { replace, approve }) =>
    restoreFolder(folder, entries, {
      names: ['tickets.json', 'receipts.jsonl', 'ticket.key', 'outbox.json', 'tickets.seed.json'],
      replace,
      verify: async (unpacked) => approve(await historyOf(unpacked).read()),
    }),
};

/** Opens the files of a prepared folder: what a store sells with. */
export async function openFiles(
  options: Pick<
    StoreOptions,
    'location' | 'durable' | 'raceWindowMs' | 'emit' | 'beforeWrite' | 'exclusive'
  >,
): Promise<JsonStoreOptions & { readonly index: ReceiptIndex; readonly receiptFile: Receipts }> {
  const { location: folder, durable, raceWindowMs, emit, beforeWrite, exclusive = false } = options;
  await requireReceipts(folder);
  const receipts = await Receipts.open(receiptsIn(folder), durable);
  if (durable) await syncFolder(folder);
  const tickets = new TicketFile(ticketsIn(folder), durable, {
    ...(exclusive ? { newestVersion: () => receipts.newestVersion() } : {}),
    beforeReplace() {
      receipts.assertWhole();
      beforeWrite?.();
      emit('lockChecked');
    },
  });
  const index = new ReceiptIndex(receipts);
  return {
    ...traceFiles({ tickets, receipts }, emit),
    pause: createPause(raceWindowMs, emit),
    now: () => new Date().toISOString(),
    records: new Records(receipts, index),
    history: historyOf(folder),
    index,
    receiptFile: receipts,
  };
}

/** Reads the version only if there are no receipts: the tickets may be large. */
async function requireReceipts(folder: string): Promise<void> {
  if (await exists(receiptsIn(folder))) return;
  const { version } = await new TicketFile(ticketsIn(folder), true).read();
  await rejectLostReceipts(folder, version);
}

/** Tickets that are on record as sold must not be on sale: an older ticket file was put back. */
async function rejectContradiction(folder: string): Promise<void> {
  const history = await historyOf(folder).read();
  if (!history.settled) return; // another server sells here, and checks each batch
  const { newest = 0, state } = history;
  const { stillOnSale, violations = {} } = judge(history);
  const contradictions = [
    newest > state.version &&
      `is of version ${state.version}, and a sale of version ${newest} is on record`,
    stillOnSale > 0 && `offers ${stillOnSale} tickets that are on record as sold`,
    violations.notShown && `lacks ${violations.notShown} changes that are on record`,
    violations.miscounted && `has ${violations.miscounted} events whose tickets do not add up`,
  ];
  const contradiction = contradictions.find(Boolean);
  if (contradiction === undefined) return;
  throw new DamagedFolderError(
    `${ticketsIn(folder)} ${contradiction} in ${receiptsIn(folder)}: restore the two files of one backup, or discard all sales (npm run reset)`,
  );
}
