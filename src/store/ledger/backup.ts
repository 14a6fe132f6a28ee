import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../user-error.js';
import { readPrefix } from '../backup/folder.js';
import { type BackupEntry, entryOf, type Snapshot } from '../backup/snapshot.js';
import { ifExists } from '../shared/if-exists.js';
import { readOwnFile } from '../shared/private-file.js';
import { readCheckpoint } from './checkpoint.js';
import { rejectDamaged, rejectLostLedger } from './damage.js';
import { LedgerHistory } from './history.js';
import { loadLedger } from './load.js';
import { readOrderKey } from './order-key.js';
import { ledgerIn, ticketsIn } from './paths.js';

/** What was delivered to a webhook. */
const OUTBOX = 'outbox.json';

/** The files that a backup may have, except the ledger. The checkpoint is made again. */
const otherFiles = ['order.secret', 'order.fingerprint', 'ticket.key', 'tickets.seed.json'];

/**
 * Passes on the files of a folder as they are at one moment. The ledger only grows, so what ends with
 * a complete line is a whole ledger, whatever is appended meanwhile. It is checked from its genesis.
 *
 * @throws DamagedLedgerError when a line contradicts the ones before, or the checkpoint: of a ledger that was
 *   cut, the rest would pass for all of it
 */
export async function withSnapshot<T>(
  folder: string,
  orderSecret: string | undefined,
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  await rejectDamaged(folder);
  await rejectLostLedger(folder);
  // Before the ledger: what they name is in there.
  const checkpoint = await readCheckpoint(ticketsIn(folder));
  const outbox = await readOwnFile(join(folder, OUTBOX));
  const file = await ifExists(open(ledgerIn(folder), 'r+'));
  if (file === undefined) throw new UserError(`${folder} contains no ledger`);
  try {
    const { size } = await file.stat();
    await loadLedger(file, checkpoint);
    const { genesis, fold, lines } = await loadLedger(file);
    await readOrderKey(folder, genesis, orderSecret);
    await lines.readNewLines((line, offset) => void fold.take(line, offset), size);
    await file.datasync(); // nothing that a power cut could still take
    const end = lines.offset;
    const history = await new LedgerHistory(file, async () => ({ state: fold.state, end })).read();
    const entries: BackupEntry[] = [
      { name: 'ledger.jsonl', bytes: end, chunks: readPrefix(file, end) },
    ];
    if (outbox !== undefined) entries.push(entryOf(OUTBOX, outbox));
    for (const name of otherFiles) {
      const content = await readOwnFile(join(folder, name));
      if (content !== undefined) entries.push(entryOf(name, content));
    }
    return await use({ history, entries });
  } finally {
    await file.close();
  }
}
