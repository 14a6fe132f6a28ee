import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import type { StoreDriver } from '../driver.js';
import { createFile, sweepTemporaries } from '../shared/atomic-file.js';
import { checkpointOf, lockCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { Checkpointer } from './checkpointer.js';
import { createLedger } from './create.js';
import { markDamaged, rejectDamaged } from './damage-marker.js';
import { type Folded, LedgerHistory } from './history.js';
import { OpenLedgerFile } from './ledger-file.js';
import { loadLedger } from './load.js';
import { OrderIds } from './order-ids.js';
import { ledgerIn, secretIn, ticketsIn } from './paths.js';
import { LedgerStore } from './store.js';

/** The files of the ledger store, and how they come into being. */
export const ledger: StoreDriver = {
  about: 'an append-only ledger, `ledger.jsonl`: right even when the lock is stolen, or off',
  storedIn: 'folder',
  needsLock: false, // whoever is overtaken tries again
  mixesLockModes: true,
  lockModes: (ofHost) => ofHost,
  lockModeDefault: 'file',
  guardedFile: ledgerIn,

  async prepare(folder) {
    await rejectDamaged(folder);
    for (const file of [ticketsIn, ledgerIn, secretIn]) await sweepTemporaries(file(folder));
    await createLedger(folder);
    await createFile(secretIn(folder), randomBytes(32).toString('base64url'), 0o600);
    const lock = await lockCheckpoint(folder);
    try {
      await checkAndSync(folder, lock !== undefined);
    } finally {
      await lock?.close();
    }
  },

  async open({ folder, durable, raceWindowMs, lockTimeoutMs, orderSecret, onFault }) {
    await rejectDamaged(folder);
    const secret = orderSecret ?? (await readFile(secretIn(folder), 'utf8'));
    const file = await OpenLedgerFile.open(folder);
    try {
      const loaded = await loadLedger(file.tail, await readCheckpoint(ticketsIn(folder)));
      return new LedgerStore({
        file,
        loaded,
        ids: new OrderIds(secret, loaded.genesis.ledger),
        durable,
        raceWindowMs,
        lockTimeoutMs,
        onFault: markDamaged(folder, onFault),
      });
    } catch (error) {
      await file.close();
      throw error;
    }
  },

  async keep({ folder, onFault }) {
    return new Checkpointer(folder, markDamaged(folder, onFault));
  },

  history: (folder) =>
    withLedger(folder, 'r', async (file) => {
      const { fold, lines } = await loadLedger(file, await readCheckpoint(ticketsIn(folder)));
      const recentCommits = async (): Promise<Folded> => {
        await lines.readNewLines((line, offset) => void fold.take(line, offset));
        return { state: fold.state, end: lines.offset };
      };
      return new LedgerHistory(file, recentCommits).read();
    }),
};

/** A ledger that the disk does not confirm. */
class UnsyncedLedgerError extends UserError {
  override readonly exitCode = exitCode.syncFailed;
}

/**
 * Compares ledger and checkpoint, and makes the checkpoint anew: one that is broken, too.
 *
 * @param alone whether nobody else keeps the checkpoint. Else it is newer already than what is read
 *   here, and only made if there is none that can be read.
 * @throws DamagedLedgerError when the two do not agree
 */
const checkAndSync = (folder: string, alone: boolean): Promise<void> =>
  withLedger(folder, 'r+', async (file) => {
    const found = await readCheckpoint(ticketsIn(folder));
    const { genesis, fold, lines } = await loadLedger(file, found);
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    if (!alone && found !== undefined) return;
    // What a crash left may be in memory only: it is synced before a checkpoint, and so anybody, says so.
    await file.sync().catch((error) => {
      throw new UnsyncedLedgerError(`${ledgerIn(folder)} cannot be synced: ${error.message}`);
    });
    await writeCheckpoint(ticketsIn(folder), checkpointOf(fold, genesis.ledger));
  });

async function withLedger<T>(
  folder: string,
  flags: 'r' | 'r+',
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(ledgerIn(folder), flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
