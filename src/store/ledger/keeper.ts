import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../booking/faults.js';
import { tryLock } from '../../lock/native.js';
import type { Keeper } from '../kind.js';
import { checkpointOf, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type Loaded, loadLedger } from './load.js';

/** How often the checkpoint is made anew while something is sold. */
const CHECKPOINT_MS = 500;

/**
 * Keeps `tickets.json` at most a second behind the ledger, so that a start has little to read. Of
 * several primaries on one folder the one that holds `checkpoint.lock` does it.
 */
export class CheckpointKeeper implements Keeper {
  readonly #folder: string;
  readonly #ledgerPath: string;
  readonly #ticketsPath: string;
  readonly #onFault: (fault: Fault) => void;
  #lock: FileHandle | undefined;
  #ledger: { file: FileHandle; loaded: Loaded } | undefined;
  #written = -1;
  #turn: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    folder: string,
    paths: { readonly ledger: string; readonly tickets: string },
    onFault: (fault: Fault) => void,
  ) {
    this.#folder = folder;
    this.#ledgerPath = paths.ledger;
    this.#ticketsPath = paths.tickets;
    this.#onFault = onFault;
    this.#timer = setInterval(() => void this.#keep(), CHECKPOINT_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keep();
    await this.#ledger?.file.close();
    await this.#lock?.close();
  }

  /** One checkpoint after the other, and a fault to whom it concerns. */
  #keep(): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#checkpoint())
      .catch((error) => {
        this.#onFault(Fault.from(error));
      });
    return this.#turn;
  }

  async #checkpoint(): Promise<void> {
    if (!(await this.#isOurs())) return;
    this.#ledger ??= await this.#open();
    const { file, loaded } = this.#ledger;
    const { genesis, fold, lines } = loaded;
    await lines.readOn((line, offset) => void fold.take(line, offset));
    if (fold.head.seq === this.#written) return;
    const checkpoint = checkpointOf(fold, genesis.ledger);
    // In this order: a checkpoint must not name what a power cut may yet take away.
    await file.datasync().catch((error) => {
      throw new Fault('SYNC_FAILED', 'the ledger was written but not synced', error);
    });
    await writeCheckpoint(this.#ticketsPath, checkpoint);
    this.#written = checkpoint.version;
  }

  async #isOurs(): Promise<boolean> {
    if (this.#lock !== undefined) return true;
    const file = await open(join(this.#folder, 'checkpoint.lock'), 'a');
    if (tryLock(file.fd)) this.#lock = file;
    else await file.close();
    return this.#lock !== undefined;
  }

  async #open(): Promise<{ file: FileHandle; loaded: Loaded }> {
    const file = await open(this.#ledgerPath, 'r+');
    const loaded = await loadLedger(file, await readCheckpoint(this.#ticketsPath));
    return { file, loaded };
  }
}
