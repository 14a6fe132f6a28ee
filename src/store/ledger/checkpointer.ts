import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../booking/faults.js';
import type { BackgroundTask } from '../driver.js';
import type { ReadableFile } from '../shared/line-reader.js';
import {
  type Checkpoint,
  checkpointOf,
  lockCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.js';
import { type Loaded, loadLedger } from './load.js';
import { ledgerIn, ticketsIn } from './paths.js';
import { verifyCheckpoint } from './verify-checkpoint.js';

/** How often the checkpoint is made anew while something is sold. */
const CHECKPOINT_MS = 500;

/** When the first checkpoint is verified: once the workers have started, which need the processors. */
const VERIFY_AFTER_MS = 10_000;

/** What is needed of a file handle to read and to sync. */
export type SyncedFile = ReadableFile & Pick<FileHandle, 'datasync' | 'close'>;

/**
 * Keeps `tickets.json` at most a second behind the ledger, so that a start has little to read. Of
 * several primaries on one folder the one that holds `checkpoint.lock` does it.
 */
export class Checkpointer implements BackgroundTask {
  readonly #folder: string;
  readonly #onFault: (fault: Fault) => void;
  readonly #openLedger: (path: string) => Promise<SyncedFile>;
  readonly #verifyAfterMs: number;
  #lock: FileHandle | undefined;
  #ledger: { file: SyncedFile; loaded: Loaded } | undefined;
  #written = -1;
  #stopped = false;
  #runBatch: Promise<void> = Promise.resolve();
  #verifying: Promise<void> | undefined;
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(
    folder: string,
    onFault: (fault: Fault) => void,
    {
      openLedger = (path: string): Promise<SyncedFile> => open(path, 'r+'),
      verifyAfterMs = VERIFY_AFTER_MS,
    } = {},
  ) {
    this.#folder = folder;
    this.#onFault = onFault;
    this.#openLedger = openLedger;
    this.#verifyAfterMs = verifyAfterMs;
    this.#timer = setInterval(() => void this.#keep(), CHECKPOINT_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#keep();
    await this.#verifying;
    await this.#ledger?.file.close();
    await this.#lock?.close();
  }

  /** One checkpoint after the other, and a fault to whom it concerns. */
  #keep(): Promise<void> {
    this.#runBatch = this.#runBatch
      .then(() => this.#checkpoint())
      .catch((error) => this.#fault(error));
    return this.#runBatch;
  }

  /**
   * After damage, or a sync that failed, there is no checkpoint that would be true: the next sync may
   * well succeed, and what was lost is lost.
   */
  #fault(error: unknown): void {
    const fault = Fault.from(error);
    if (this.#stopped) return;
    this.#stopped = fault.code === 'DAMAGED' || fault.code === 'SYNC_FAILED';
    this.#onFault(fault);
  }

  async #checkpoint(): Promise<void> {
    if (this.#stopped) return;
    this.#lock ??= await lockCheckpoint(this.#folder);
    if (this.#lock === undefined) return;
    this.#ledger ??= await this.#openIfBehind();
    if (this.#ledger === undefined) return;
    const { file, loaded } = this.#ledger;
    const { genesis, fold, lines } = loaded;
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    if (fold.head.seq === this.#written) return;
    const checkpoint = checkpointOf(fold, genesis.ledger);
    // In this order: a checkpoint must not name what a power cut may yet take away.
    await file.datasync().catch((error) => {
      throw new Fault('SYNC_FAILED', 'the ledger was written but not synced', error);
    });
    if (this.#stopped) return; // by the pass below, meanwhile
    await writeCheckpoint(ticketsIn(this.#folder), checkpoint);
    this.#written = checkpoint.version;
  }

  /** Most of the time of a start goes into reading, so nothing is read where nothing is new. */
  async #openIfBehind(): Promise<{ file: SyncedFile; loaded: Loaded } | undefined> {
    const checkpoint = await readCheckpoint(ticketsIn(this.#folder));
    this.#verifying ??= this.#verifyLater(checkpoint);
    const path = ledgerIn(this.#folder);
    if (checkpoint !== undefined && (await stat(path)).size === checkpoint.ledger.offset) {
      return undefined;
    }
    const file = await this.#openLedger(path);
    try {
      return { file, loaded: await loadLedger(file, checkpoint) };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #verifyLater(checkpoint: Checkpoint | undefined): Promise<void> {
    if (checkpoint === undefined) return;
    const { signal } = this.#closing;
    try {
      await sleep(this.#verifyAfterMs, undefined, { signal });
      const file = await this.#openLedger(ledgerIn(this.#folder));
      await verifyCheckpoint(file, checkpoint, signal).finally(() => file.close());
    } catch (error) {
      if (!signal.aborted) this.#fault(error);
    }
  }
}
