import { randomBytes } from 'node:crypto';
import { UserError } from '../../user-error.js';
import { createFile, exists } from '../shared/files.js';
import { rejectOtherStore } from '../shared/folder.js';
import { LINE_BYTES_MAX } from '../shared/line-reader.js';
import { loadSeed } from '../shared/seed.js';
import { rejectLostLedger } from './damage.js';
import { encodeLine, FORMAT } from './ledger-line.js';
import { createOrderKey, fingerprintOf } from './order-key.js';
import { ledgerIn, ticketsIn } from './paths.js';

/**
 * Creates the ledger of a folder if there is none: a genesis with all events for sale. Of several
 * processes that try at once, one creates it, complete and synced.
 *
 * @throws UserError when tickets of this folder were sold that a new ledger would sell again; DamagedLedgerError
 *   when the ledger is gone
 */
export async function createLedger(folder: string, orderSecret?: string): Promise<void> {
  const path = ledgerIn(folder);
  if (await exists(path)) return;
  await rejectOtherStore(folder, 'json');
  await rejectLostLedger(folder);
  const { events } = await loadSeed(folder, ticketsIn(folder));
  const genesis = encodeLine({
    seq: 0,
    format: FORMAT,
    ledger: randomBytes(12).toString('base64url'),
    at: new Date().toISOString(),
    orderKey: fingerprintOf(await createOrderKey(folder, orderSecret)),
    events,
  });
  if (genesis.length >= LINE_BYTES_MAX) {
    throw new UserError(`${folder} has too many events for a ledger: ${genesis.length} bytes`);
  }
  await createFile(path, Buffer.concat([genesis, Buffer.from('\n')]));
}
