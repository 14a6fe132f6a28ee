import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Fault } from '../../booking/faults.js';
import type { EmitStep } from '../../booking/sale-steps.js';
import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { restoreFolder } from '../backup/folder.js';
import type { BackgroundTask, PrepareOptions, StoreDriver, StoreOptions } from '../driver.js';
import { sweepTemporaries } from '../shared/files.js';
import { createPause } from '../shared/pause.js';
import { openOwnFile, rejectForeignFile } from '../shared/private-file.js';
import { withSnapshot } from './backup.js';
import { checkpointOf, lockCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { Checkpointer } from './checkpointer.js';
import { createLedger } from './create.js';
import { markDamaged, rejectDamaged, rejectLostLedger } from './damage.js';
import { erase } from './erase.js';
import { type Folded, LedgerHistory } from './history.js';
import { checkLedger } from './inspect.js';
import { Ledger } from './ledger.js';
import { type LedgerFile, OpenLedgerFile } from './ledger-file.js';
import { FORMAT } from './ledger-line.js';
import { type Loaded, loadLedger } from './load.js';
import { OrderIds } from './order-ids.js';
import { readOrderKey, recordOrderKey } from './order-key.js';
import { ledgerIn, secretIn, ticketsIn } from './paths.js';
import { RecentCommits } from './recent-commits.js';
import { Records } from './records.js';
import { LedgerStore, type LedgerStoreOptions } from './store.js';
import { traceLedger, traceLedgerFile } from './trace.js';

/** The ledger store: `ledger.jsonl`, and a checkpoint of it in `tickets.json`. */
export const ledger = {
  about: 'an append-only ledger, `ledger.jsonl`: correct if the lock is stolen, and without one',
  storedIn: 'folder',
  needsLock: false, // a writer that was overtaken tries again
  mixesLockModes: true,
  format: FORMAT,
  lockModeDefault: 'file',
  guardedFile: ledgerIn,
  recordFile: ledgerIn,

  async prepare(folder, { orderSecret }: Pick<PrepareOptions, 'orderSecret'> = {}) {
    await rejectDamaged(folder);
    for (const file of [ticketsIn, ledgerIn]) rejectForeignFile(file(folder));
    for (const file of [ticketsIn, ledgerIn, secretIn]) await sweepTemporaries(file(folder));
    await createLedger(folder, orderSecret);
    const lock = await lockCheckpoint(folder);
    try {
      await checkAndSync(folder, lock !== undefined, orderSecret);
    } finally {
      await lock?.close();
    }
  },

  open: async (options) => new LedgerStore(await openLedger(options)),

  async startBackgroundTask({
    location: folder,
    onFault,
  }: Pick<StoreOptions, 'location' | 'onFault'>) {
    const onDamage = markDamaged(folder, onFault);
    const file = await OpenLedgerFile.open(folder);
    file.watchName(onDamage);
    const checkpointer = new Checkpointer(folder, onDamage);
    return {
      async close() {
        await checkpointer.close();
        await file.close();
      },
    } satisfies BackgroundTask;
  },

  async history(folder) {
    // What a server found cannot be seen in the file that has the name now.
    await rejectDamaged(folder);
    await rejectLostLedger(folder);
    return withLedger(folder, constants.O_RDONLY, async (file) => {
      const { fold, lines } = await loadLedger(file, await readCheckpoint(ticketsIn(folder)));
      const newest = async (): Promise<Folded> => {
        await lines.readNewLines((line, offset) => void fold.take(line, offset));
        return { state: fold.state, end: lines.offset };
      };
      return new LedgerHistory(file, newest).read();
    });
  },

  backup: (folder, { orderSecret }, use) => withSnapshot(folder, orderSecret, use),

  erase,

  restore: (folder, entries, { replace, orderSecret, approve }) =>
    restoreFolder(folder, entries, {
      names: [
        'ledger.jsonl',
        'order.secret',
        'order.fingerprint',
        'ticket.key',
        'outbox.json',
        'tickets.seed.json',
      ],
      replace,
      async verify(unpacked) {
        await ledger.prepare(unpacked, orderSecret === undefined ? {} : { orderSecret });
        await checkLedger(unpacked);
        approve(await ledger.history(unpacked));
      },
    }),
} satisfies StoreDriver;

/**
 * Opens the ledger of a prepared folder: what a store sells with.
 *
 * @param wrapFile wraps the file that is appended to
 */
export async function openLedger(
  options: Omit<StoreOptions, 'lockMode' | 'lockStaleMs'>,
  wrapFile: (file: LedgerFile) => LedgerFile = (file) => file,
): Promise<LedgerStoreOptions> {
  const { location: folder, orderSecret, onFault } = options;
  await rejectDamaged(folder);
  const opened = await OpenLedgerFile.open(folder);
  try {
    const loaded = await loadLedger(opened.tail, await readCheckpoint(ticketsIn(folder)));
    const key = await readOrderKey(folder, loaded.genesis, orderSecret);
    const ids = new OrderIds(key, loaded.genesis.ledger);
    const onDamage = markDamaged(folder, onFault);
    opened.watchName(onDamage);
    const file = wrapFile(opened);
    return storeOptions({ ...options, file, loaded, ids, onFault: onDamage });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

export interface CreateStoreOptions
  extends Pick<StoreOptions, 'durable' | 'raceWindowMs' | 'lockTimeoutMs'> {
  readonly file: LedgerFile;
  readonly loaded: Loaded;
  readonly ids: OrderIds;
  readonly emit: EmitStep;
  readonly onFault: (fault: Fault) => void;
}

/** Puts a store together that sells from a loaded ledger. */
export const createStore = (options: CreateStoreOptions): LedgerStore =>
  new LedgerStore(storeOptions(options));

function storeOptions(options: CreateStoreOptions): LedgerStoreOptions {
  const { file, loaded, ids, durable, raceWindowMs, lockTimeoutMs, emit, onFault } = options;
  const opened = new Ledger({ file: traceLedgerFile(file, emit), loaded, onFault });
  const newest = async (): Promise<Folded> => {
    await opened.catchUp();
    return { state: opened.state, end: opened.end };
  };
  return {
    ledger: opened,
    selling: traceLedger(opened, emit),
    ids,
    history: new LedgerHistory(file, newest),
    recentCommits: new RecentCommits(file, opened),
    records: new Records(file, opened, ids),
    durable,
    pause: createPause(raceWindowMs, emit),
    lockTimeoutMs,
  };
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
 * @throws DamagedLedgerError when the two do not agree; OrderKeyError
 */
const checkAndSync = (folder: string, exclusive: boolean, orderSecret?: string): Promise<void> =>
  withLedger(folder, constants.O_RDWR, async (file) => {
    const found = await readCheckpoint(ticketsIn(folder));
    const { genesis, fold, lines } = await loadLedger(file, found);
    await recordOrderKey(folder, genesis, orderSecret);
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
  flags: number,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await openOwnFile(ledgerIn(folder), flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
