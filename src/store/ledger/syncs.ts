import { Fault } from '../../booking/faults.js';
import { SharedRun } from '../shared-run.js';
import type { Head } from './chain.js';

/** Syncs of one file. One covers everything that was written before it began, whoever wrote it. */
export class Syncs {
  readonly #sync: SharedRun<void>;
  #covered: Head;
  #failed: Fault | undefined;

  /**
   * @param covered what is known to be synced already
   * @param sync syncs the file
   * @param newest the newest counted line at this moment
   */
  constructor(covered: Head, sync: () => Promise<void>, newest: () => Head) {
    this.#covered = covered;
    this.#sync = new SharedRun(async () => {
      const head = newest();
      await sync().catch((error) => {
        this.#failed = new Fault('SYNC_FAILED', 'the ledger was written but not synced', error);
        throw this.#failed;
      });
      this.#covered = head;
    });
  }

  /** The newest counted line that a finished sync covers. */
  get covered(): Head {
    return this.#covered;
  }

  /**
   * Resolves when a finished sync covers the file up to this offset.
   *
   * @throws Fault `SYNC_FAILED` once a sync has failed, for ever: what was written is anybody's guess
   */
  async cover(end: number): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#covered.end < end) await this.#sync.run();
  }

  /** Resolves when a sync is done that began after this call. */
  async everything(): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    await this.#sync.run();
  }
}
