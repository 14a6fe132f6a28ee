import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../user-error.js';
import { exists, replaceFile, syncFolder } from './files.js';
import { ifExists } from './if-exists.js';
import { readOwnFile } from './private-file.js';
import { loadSeed } from './seed.js';
import { printTickets } from './tickets-json.js';

/** The file in which each store records its sales. */
const recordFiles = { json: 'receipts.jsonl', ledger: 'ledger.jsonl' } as const;

type FolderStore = keyof typeof recordFiles;

/** The store that sold from a folder, if one did, also if the record of its sales is gone. */
export async function storeOfFolder(folder: string): Promise<FolderStore | undefined> {
  if (await exists(join(folder, recordFiles.ledger))) return 'ledger';
  if (await exists(join(folder, recordFiles.json), 1)) return 'json';
  return (await namesLedger(join(folder, 'tickets.json'))) ? 'ledger' : undefined;
}

/** Whether a ticket file is the checkpoint of a ledger, even a damaged one. */
export async function namesLedger(ticketsPath: string): Promise<boolean> {
  const bytes = await readOwnFile(ticketsPath);
  return /^\{"version":\d+,"ledger":\{/.test(bytes?.toString('latin1', 0, 64) ?? '');
}

/** Whether a server has sold from a folder, or was about to. */
export async function hasRecords(folder: string): Promise<boolean> {
  const found = await Promise.all(
    Object.values(recordFiles).map((name) => exists(join(folder, name))),
  );
  return found.includes(true);
}

/** @throws UserError when the folder holds sales of this store */
export async function rejectOtherStore(folder: string, store: FolderStore): Promise<void> {
  if ((await storeOfFolder(folder)) !== store) return;
  throw new UserError(
    `${folder} belongs to STORE=${store}: start with that store, choose another DATA_DIR, or discard its sales (npm run reset)`,
  );
}

/** The files of a folder that hold names or keys, and that other users of this machine can read. */
export async function readableByOthers(folder: string): Promise<string[]> {
  const open = async (path: string, bits: number) =>
    (((await ifExists(stat(path)))?.mode ?? 0) & bits) !== 0;
  if (process.platform === 'win32' || !(await open(folder, 0o011))) return [];
  const names = [...Object.values(recordFiles), 'order.secret', 'ticket.key', 'admin.token'];
  const paths = names.map((name) => join(folder, name));
  const found = await Promise.all(paths.map((path) => open(path, 0o044)));
  return paths.filter((_, index) => found[index]);
}

/** Puts every ticket of a folder back on sale, whichever store sold from it. */
export async function resetFolder(folder: string): Promise<void> {
  const path = join(folder, 'tickets.json');
  const seed = await loadSeed(folder, path);
  // In this order: a crash in between loses records of sales, it never sells a recorded ticket again.
  // Without the key: a ticket of before must not open the door for the new one of its number.
  const ofOutbox = ['outbox.json', 'outbox.requests']; // they name places in the records
  const others = ['order.fingerprint', 'ticket.key', ...ofOutbox, 'DAMAGED', 'restoring'];
  for (const name of [...Object.values(recordFiles), ...others]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  await syncFolder(folder);
  await replaceFile(path, printTickets(seed), true);
  await syncFolder(folder);
}
