import { mkdirSync, rmdirSync, statSync, utimesSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { type Lock, type LockMode, type LockOptions, LockTimeoutError } from './lock-mode.js';

/** Pause between two attempts, random so that two waiters do not stay in step. */
const RETRY_MS = { min: 1, max: 2 };

/** proper-lockfile dates the first lease of a process up to a second ahead; allow for it. */
const DATED_AHEAD_MS = 2000;

/**
 * proper-lockfile: the process that creates the folder `tickets.json.lock` holds the lock. It is a
 * lease: the holder renews it by updating its mtime, and after `staleMs` without renewal another
 * process takes it over, whether the holder died or was only stopped.
 */
export const file: LockMode = {
  scope: 'host',
  about: 'a lock file (proper-lockfile): a lease, taken over when its holder stops renewing it',
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
      // A lost lease cannot be released. What the section did stays done.
      await release().catch((error) => this.#options.onWarning('the lock was lost', error));
    }
  }

  async close(): Promise<void> {}

  async #acquire(deadline: number): Promise<() => Promise<void>> {
    const { path, staleMs, onWarning } = this.#options;
    for (;;) {
      try {
        return await lockfile.lock(path, {
          realpath: false, // the path is ours; saves a system call
          stale: staleMs,
          update: staleMs / 2, // renews the lease this often
          fs: syncFs,
          retries: 0, // this loop knows the deadline; the library's retries do not
          // The library's default handler throws from a timer, which would end the process.
          onCompromised: (error) => onWarning('the lock was taken over', error),
        });
      } catch (error) {
        if (!isHeld(error as NodeJS.ErrnoException)) throw error;
      }
      await sleep(RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min));
      if (performance.now() < deadline) continue;
      await this.#warnIfDatedAhead();
      throw new LockTimeoutError();
    }
  }

  /** A lease dated by a clock ahead of ours does not become stale before our clock gets there. */
  async #warnIfDatedAhead(): Promise<void> {
    const lease = `${this.#options.path}.lock`;
    const { mtimeMs } = await stat(lease).catch(() => ({ mtimeMs: 0 })); // it was just released
    const aheadMs = mtimeMs - Date.now();
    if (aheadMs < DATED_AHEAD_MS) return;
    const seconds = Math.round(aheadMs / 1000);
    this.#options.onWarning(
      'a lease is dated in the future',
      `${lease} is dated ${seconds} s ahead and is not taken over before that. If its holder is gone, remove it.`,
    );
  }
}

/** Another process holds the lease, or removed it as stale the moment that we created it. */
const isHeld = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  code === 'ELOCKED' || (code === 'ENOENT' && syscall !== 'mkdir');

type Callback<T> = (error: unknown, result?: T) => void;

/**
 * The file-system calls that proper-lockfile makes, as synchronous calls. Each takes microseconds;
 * the result of a thread would wait for the event loop, for milliseconds under load.
 */
const syncFs = {
  mkdir: (path: string, callback: Callback<unknown>) =>
    callSync(() => mkdirSync(path, 0o700), callback),
  stat: (path: string, callback: Callback<unknown>) => callSync(() => statSync(path), callback),
  utimes: (path: string, atime: Date, mtime: Date, callback: Callback<unknown>) =>
    callSync(() => utimesSync(path, atime, mtime), callback),
  rmdir: (path: string, callback: Callback<unknown>) => callSync(() => rmdirSync(path), callback),
};

function callSync<T>(call: () => T, callback: Callback<T>): void {
  let result: T;
  try {
    result = call();
  } catch (error) {
    callback(error);
    return;
  }
  callback(null, result); // outside the `try`: an error of the callback is not one of the call
}
