import { Fault } from '../../booking/faults.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import type { Head } from './chain.js';

/** Syncs of one file. One covers everything that was written before it began, whoever wrote it. */
export class GroupSync {
  readonly #sync: CoalescedRun<void>;
  #covered: Head;
  #failed: Fault | undefined;

  /**
   * @param covered what is known to be synced already
   * @param sync syncs the file
   * @param newest the newest counted line at this moment
   * @param onFailure told once, of the sync that failed
   */
  constructor(
    covered: Head,
    sync: () => Promise<void>,
    recentCommits: () => Head,
    onSyncFailed: (fault: Fault) => void = () => {},
  ) {
    this.#covered = covered;
    this.#sync = new CoalescedRun(async () => {
      // Whoever asked while a sync was failing waits for the next one. It must not be tried: a kernel
      // reports a lost page once, and then calls the file synced.
      this.#refuseIfFailed();
      const head = recentCommits();
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
   * Resolves when a finished sync covers the file up to this offset, which was written before.
   *
   * @throws Fault `SYNC_FAILED` once a sync has failed, for ever: what was written is anybody's guess
   */
  async cover(end: number): Promise<void> {
    this.#refuseIfFailed();
    if (this.#covered.end < end) await this.#sync.run();
  }

  /**
   * Resolves when a sync is done that began after this call.
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
