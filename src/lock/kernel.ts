import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Mutex, type MutexInterface, withTimeout } from 'async-mutex';
import { type Lock, type LockMode, LockTimeoutError, msUntil } from './lock-mode.js';
import { tryLock, unlock, waitForLock } from './native-lock.js';

/**
 * A lock that the kernel keeps: it is gone the moment its holder dies, and nobody can steal it from
 * one that is only stopped. It lies on a file of its own that is never renamed or removed: renaming
 * tickets.json would swap the very inode that is locked.
 */
export const kernel: LockMode = {
  scope: 'host',
  about: 'a kernel lock: gone the moment its holder dies, never stolen',
  open: async ({ path }) => new KernelLock(await open(join(dirname(path), 'kernel.lock'), 'a')),
};

class KernelLock implements Lock {
  readonly #file: FileHandle;
  /** The kernel's lock is the open file's: within this process it would keep nobody out. */
  readonly #here = new Mutex();
  /** A wait that nobody waits for any more. It cannot be cancelled, so the next one joins it. */
  #wait: Promise<void> | undefined;
  /** Whether somebody will use the lock when the wait is granted. */
  #wanted = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  run<T>(section: () => Promise<T>, deadline: number): Promise<T> {
    return this.#withinProcess(deadline).runExclusive(async () => {
      if (!(await this.#granted(deadline))) throw new LockTimeoutError();
      try {
        return await section();
      } finally {
        unlock(this.#file.fd);
      }
    });
  }

  async close(): Promise<void> {
    if (this.#wait === undefined) return this.#file.close();
    // A thread waits for the lock and uses the descriptor. It may do so for as long as we run.
    void this.#wait.catch(() => {}).then(() => this.#file.close());
  }

  /** A wait needs a timer and an error; nobody who does not wait should pay for them. */
  #withinProcess(deadline: number): MutexInterface {
    if (!this.#here.isLocked()) return this.#here;
    return withTimeout(this.#here, Math.max(1, msUntil(deadline)), new LockTimeoutError());
  }

  async #granted(deadline: number): Promise<boolean> {
    if (this.#wait === undefined && tryLock(this.#file.fd)) return true;
    this.#wanted = true;
    this.#wait ??= this.#waitForKernel();
    const granted = await inTime(this.#wait, msUntil(deadline));
    this.#wanted = false;
    return granted;
  }

  async #waitForKernel(): Promise<void> {
    try {
      await waitForLock(this.#file.fd);
    } finally {
      this.#wait = undefined;
    }
    // Granted too late: given back at once, or this process would hold it for nobody.
    if (!this.#wanted) unlock(this.#file.fd);
  }
}

/** Whether a promise was kept within so many ms. @throws what it was broken with */
const inTime = (promise: Promise<void>, ms: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(false), ms);
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(late));
  });
