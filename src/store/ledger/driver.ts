import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Fault } from '../../booking/faults.js';
import type { EmitStep } from '../../booking/sale-steps.js';
import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import type { StoreDriver, StoreOptions } from '../driver.js';
import { createFile, sweepTemporaries } from '../shared/files.js';
import { createPause } from '../shared/pause.js';
import { checkpointOf, lockCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { Checkpointer } from './checkpointer.js';
import { createLedger } from './create.js';
import { markDamaged, rejectDamaged } from './damage-marker.js';
import { type Folded, LedgerHistory } from './history.js';
import { Ledger } from './ledger.js';
import { type LedgerFile, OpenLedgerFile } from './ledger-file.js';
import { type Loaded, loadLedger } from './load.js';
import { OrderIds } from './order-ids.js';
import { ledgerIn, secretIn, ticketsIn } from './paths.js';
import { RecentCommits } from './recent-commits.js';
import { LedgerStore } from './store.js';
import { traceLedger, traceLedgerFile } from './trace.js';

/** The ledger store: `ledger.jsonl`, and a checkpoint of it in `tickets.json`. */
export const ledger = {
  about: 'an append-only ledger, `ledger.jsonl`: correct if the lock is stolen, and without one',
  storedIn: 'folder',
  needsLock: false, // a writer that was overtaken tries again
  mixesLockModes: true,
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

  async open(options) {
    const { location: folder, orderSecret, onFault } = options;
    await rejectDamaged(folder);
    const secret = orderSecret ?? (await readFile(secretIn(folder), 'utf8'));
    const file = await OpenLedgerFile.open(folder);
    try {
      const loaded = await loadLedger(file.tail, await readCheckpoint(ticketsIn(folder)));
      const ids = new OrderIds(secret, loaded.genesis.ledger);
      return createStore({ ...options, file, loaded, ids, onFault: markDamaged(folder, onFault) });
    } catch (error) {
      await file.close();
      throw error;
    }
  },

  async startBackgroundTask({
    location: folder,
    onFault,
  }: Pick<StoreOptions, 'location' | 'onFault'>) {
    return new Checkpointer(folder, markDamaged(folder, onFault));
  },

  history: (folder) =>
    withLedger(folder, 'r', async (file) => {
      const { fold, lines } = await loadLedger(file, await readCheckpoint(ticketsIn(folder)));
      const newest = async (): Promise<Folded> => {
        await lines.readNewLines((line, offset) => void fold.take(line, offset));
        return { state: fold.state, end: lines.offset };
      };
      return new LedgerHistory(file, newest).read();
    }),
} satisfies StoreDriver;

export interface CreateStoreOptions
  extends Pick<StoreOptions, 'durable' | 'raceWindowMs' | 'lockTimeoutMs'> {
  readonly file: LedgerFile;
  readonly loaded: Loaded;
  readonly ids: OrderIds;
  readonly emit: EmitStep;
  readonly onFault: (fault: Fault) => void;
}

/** Puts a store together that sells from a loaded ledger. */
export function createStore(options: CreateStoreOptions): LedgerStore {
  const { file, loaded, ids, durable, raceWindowMs, lockTimeoutMs, emit, onFault } = options;
  const opened = new Ledger({ file: traceLedgerFile(file, emit), loaded, onFault });
  const newest = async (): Promise<Folded> => {
    await opened.catchUp();
    return { state: opened.state, end: opened.end };
  };
  return new LedgerStore({
    ledger: opened,
    selling: traceLedger(opened, emit),
    ids,
    history: new LedgerHistory(file, newest),
    recentCommits: new RecentCommits(file, opened),
    durable,
    pause: createPause(raceWindowMs, emit),
    lockTimeoutMs,
  });
}

/** The disk does not confirm the ledger. */
class UnsyncedLedgerError extends UserError {
  override readonly exitCode = exitCode.syncFailed;
}

/**
 * Compares ledger and checkpoint, and writes the checkpoint again, also in place of an invalid one.
 *
 * @param exclusive whether this process holds the checkpoint's lock. Otherwise another process keeps
 *   it newer than what is read here, and it is written only if there is no valid one.
 * @throws DamagedLedgerError when the two do not agree
 */
const checkAndSync = (folder: string, exclusive: boolean): Promise<void> =>
  withLedger(folder, 'r+', async (file) => {
    const found = await readCheckpoint(ticketsIn(folder));
    const { genesis, fold, lines } = await loadLedger(file, found);
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    if (!exclusive && found !== undefined) return;
    // Lines from before a crash may be in the page cache only: sync them before a checkpoint names them.
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
