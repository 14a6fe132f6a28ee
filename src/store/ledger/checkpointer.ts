import { type FileHandle, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../booking/faults.js';
import type { BackgroundTask } from '../driver.js';
import {
  type Checkpoint,
  checkpointOf,
  lockCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.js';
import { type LedgerFile, OpenLedgerFile } from './ledger-file.js';
import { type Loaded, loadLedger } from './load.js';
import { ledgerIn, ticketsIn } from './paths.js';
import { verifyCheckpoint } from './verify-checkpoint.js';

/** How often the checkpoint is written while tickets are sold. */
const CHECKPOINT_MS = 500;

/**
 * With many events or a slow disk, a checkpoint takes time from sales: the next one waits this many times
 * as long.
 */
const REST_TIMES = 50;
const REST_MS_MAX = 10_000;

/** When the first checkpoint is verified: after the workers have started, which need the cores. */
const VERIFY_AFTER_MS = 10_000;

/**
 * Writes `tickets.json` a second behind the ledger (with many events, some seconds), so that a start
 * has little to read. Of several primaries on one folder, the one that holds `checkpoint.lock` does this.
 */
export class Checkpointer implements BackgroundTask {
  readonly #folder: string;
  readonly #onFault: (fault: Fault) => void;
  readonly #openLedger: (folder: string) => Promise<LedgerFile>;
  readonly #verifyAfterMs: number;
  #lock: FileHandle | undefined;
  #ledger: { file: LedgerFile; loaded: Loaded } | undefined;
  #written = -1;
  #stopped = false;
  #pending: Promise<void> = Promise.resolve();
  #verifying: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #restsUntil = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(
    folder: string,
    onFault: (fault: Fault) => void,
    {
      openLedger = (folder: string): Promise<LedgerFile> => OpenLedgerFile.open(folder),
      verifyAfterMs = VERIFY_AFTER_MS,
    } = {},
  ) {
    this.#folder = folder;
    this.#onFault = onFault;
    this.#openLedger = openLedger;
    this.#verifyAfterMs = verifyAfterMs;
    this.#timer = setInterval(() => {
      if (performance.now() >= this.#restsUntil) void this.#writeNext();
    }, CHECKPOINT_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#writeNext();
    await this.#verifying;
    await this.#ledger?.file.close();
    await this.#lock?.close();
  }

  /** Writes one checkpoint after the other, and reports faults. */
  #writeNext(): Promise<void> {
    this.#pending = this.#pending
      .then(() => this.#checkpoint())
      .catch((error) => this.#fault(error));
    return this.#pending;
  }

  /**
   * After damage or a failed sync no checkpoint would be true: the next sync may succeed although the
   * lines before it were lost.
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
    const began = performance.now();
    const checkpoint = checkpointOf(fold, genesis.ledger);
    // In this order: a checkpoint must not name a line that a power cut may still remove.
    await file.datasync().catch((error) => {
      throw new Fault('SYNC_FAILED', 'the ledger was written but not synced', error);
    });
    if (this.#stopped) return; // the verification may have failed during the sync
    file.checkName(); // a checkpoint must not name lines of a file that has lost its name
    await writeCheckpoint(ticketsIn(this.#folder), checkpoint);
    this.#written = checkpoint.version;
    const ended = performance.now();
    this.#restsUntil = ended + Math.min((ended - began) * REST_TIMES, REST_MS_MAX);
  }

  /** Reading takes most of the time of a start, so an unchanged ledger is not read. */
  async #openIfBehind(): Promise<{ file: LedgerFile; loaded: Loaded } | undefined> {
    const checkpoint = await readCheckpoint(ticketsIn(this.#folder));
    this.#verifying ??= this.#verifyLater(checkpoint);
    const { size } = await stat(ledgerIn(this.#folder));
    if (size === checkpoint?.ledger.offset) return undefined;
    const file = await this.#openLedger(this.#folder);
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
      const file = await this.#openLedger(this.#folder);
      await verifyCheckpoint(file, checkpoint, signal).finally(() => file.close());
    } catch (error) {
      if (!signal.aborted) this.#fault(error);
    }
  }
}
