import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UserError } from '../../user-error.js';
import { createFile, exists } from '../shared/atomic-file.js';
import { rejectOtherStore } from '../shared/folder.js';
import { LINE_BYTES_MAX } from '../shared/line-reader.js';
import { loadSeed } from '../shared/seed.js';
import { FORMAT, printLine } from './ledger-line.js';
import { ledgerIn, ticketsIn } from './paths.js';

/**
 * Makes the ledger of a folder, if it has none: a genesis with all events for sale. Of several that
 * try at once, one does; it is never there but whole and synced.
 *
 * @throws UnusableError when something was sold in this folder that a new ledger would not know of
 */
export async function createLedger(folder: string): Promise<void> {
  const path = ledgerIn(folder);
  if (await exists(path)) return;
  await rejectOtherStore(folder, 'json');
  if (await namesLedger(ticketsIn(folder))) {
    if (await exists(path)) return; // another primary has just made both
    throw new UserError(
      `${ticketsIn(folder)} names a ledger, and ${path} is gone: put it back, or npm run reset`,
    );
  }
  const { events } = await loadSeed(folder, ticketsIn(folder));
  const genesis = printLine({
    seq: 0,
    format: FORMAT,
    ledger: randomBytes(12).toString('base64url'),
    at: new Date().toISOString(),
    events,
  });
  if (genesis.length >= LINE_BYTES_MAX) {
    throw new UserError(`${folder} has too many events for a ledger: ${genesis.length} bytes`);
  }
  await createFile(path, Buffer.concat([genesis, Buffer.from('\n')]));
}

/** Whether a ticket file is the checkpoint of a ledger. A damaged one tells of sales as well. */
async function namesLedger(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.includes('"ledger":{');
}
