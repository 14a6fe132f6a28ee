import { Fault } from '../../booking/faults.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import type { Head } from './chain.js';

/** Group commit of one file: a sync covers everything written before it began, by any process. */
export class GroupSync {
  readonly #sync: CoalescedRun<void>;
  #covered: Head;
  #failed: Fault | undefined;

  /**
   * @param covered the last line known to be synced
   * @param sync syncs the file
   * @param newest the newest counted line at this moment
   * @param onSyncFailed called once, with the fault of the sync that failed
   */
  constructor(
    covered: Head,
    sync: () => Promise<void>,
    newest: () => Head,
    onSyncFailed: (fault: Fault) => void = () => {},
  ) {
    this.#covered = covered;
    this.#sync = new CoalescedRun(async () => {
      // Callers that arrived while a sync was failing share the next one. It must not be tried: a
      // kernel reports a lost page once, and the next sync succeeds without it.
      this.#refuseIfFailed();
      const head = newest();
      await sync().catch((error) => {
        this.#failed = new Fault('SYNC_FAILED', 'the ledger was written but not synced', error);
        onSyncFailed(this.#failed);
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
   * @throws Fault `SYNC_FAILED` after any sync has failed, permanently
   */
  async cover(end: number): Promise<void> {
    this.#refuseIfFailed();
    if (this.#covered.end < end) await this.#sync.run();
  }

  /**
   * Resolves when a sync that began after this call has finished.
   *
   * @throws Fault `SYNC_FAILED` like `cover`
   */
  async everything(): Promise<void> {
    this.#refuseIfFailed();
    await this.#sync.run();
  }

  #refuseIfFailed(): void {
    if (this.#failed !== undefined) throw this.#failed;
  }
}
