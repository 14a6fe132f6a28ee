import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { leaseFs } from './lease-fs.js';
import { type Lock, type LockMode, type LockOptions, LockTimeoutError } from './lock-mode.js';

/**
 * Waits between two tries. 1 to 5 ms measured a seventh less throughput of the ledger and twice the
 * p99; 5 to 50 ms a p99 of 0.2 s.
 */
const RETRY_MS = { min: 1, max: 2 };

/** The library itself dates the first lease of a process up to a second ahead. */
const AHEAD_MS = 2000;

/**
 * proper-lockfile: whoever makes the folder `tickets.json.lock` holds the lock, and touches it as
 * long as it lives. It is a lease: untouched for `staleMs` it counts as abandoned, and the next one
 * takes it, whether its holder died or was only stopped.
 */
export const file: LockMode = {
  scope: 'host',
  about: 'a lock file (proper-lockfile): a lease, taken over when its holder falls silent',
  open: async (options) => new FileLock(options),
};

class FileLock implements Lock {
  readonly #options: LockOptions;

  constructor(options: LockOptions) {
    this.#options = options;
  }

  async run<T>(section: () => Promise<T>, deadline: number): Promise<T> {
    const release = await this.#acquire(deadline);
    try {
      return await section();
    } finally {
      // A lease that was lost cannot be given back. What the section did stands all the same.
      await release().catch((error) => this.#options.onWarning('the lock was lost', error));
    }
  }

  async close(): Promise<void> {}

  async #acquire(deadline: number): Promise<() => Promise<void>> {
    const { path, staleMs, onWarning } = this.#options;
    for (;;) {
      try {
        return await lockfile.lock(path, {
          realpath: false, // the path is ours, and one system call less
          stale: staleMs,
          update: staleMs / 2,
          fs: leaseFs,
          retries: 0, // the loop here knows the deadline; the library's retries do not
          // The library's own handler throws from a timer, which ends the process.
          onCompromised: (error) => onWarning('the lock was taken over', error),
        });
      } catch (error) {
        if (!isTaken(error as NodeJS.ErrnoException)) throw error;
      }
      // Random, or two waiters would go on meeting each other.
      await sleep(RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min));
      if (performance.now() < deadline) continue;
      await this.#warnIfDatedAhead();
      throw new LockTimeoutError();
    }
  }

  /** A lease is abandoned by its date: one that a clock ahead of ours dated lasts until ours is there. */
  async #warnIfDatedAhead(): Promise<void> {
    const lease = `${this.#options.path}.lock`;
    const { mtimeMs } = await stat(lease).catch(() => ({ mtimeMs: 0 })); // it was let go just now
    const aheadMs = mtimeMs - Date.now();
    if (aheadMs < AHEAD_MS) return;
    const seconds = Math.round(aheadMs / 1000);
    this.#options.onWarning(
      'a lease is dated ahead of the clock',
      `${lease} is dated ${seconds} s ahead: nobody takes it over before that. Remove it if its holder is gone.`,
    );
  }
}

/** Somebody has the lease; or somebody took it for stale, and removed it, as soon as it was made here. */
const isTaken = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  code === 'ELOCKED' || (code === 'ENOENT' && syscall !== 'mkdir');
