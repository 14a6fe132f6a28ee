import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Mutex, type MutexInterface, withTimeout } from 'async-mutex';
import { tryLock, unlock, waitForLock } from './fs-native-extensions.js';
import { type Lock, type LockMode, LockTimeoutError, msUntil } from './lock-mode.js';

/**
 * A lock held by the kernel: it is released the moment its holder dies, and cannot be taken from a
 * holder that is only stopped. It is on a file of its own that is never renamed or removed:
 * `tickets.json` is replaced by a rename, and with it the inode that a lock would be on.
 */
export const kernel: LockMode = {
  scope: 'host',
  about: 'a kernel lock: released the moment its holder dies, never stolen',
  open: async ({ path }) =>
    new KernelLock(await open(join(dirname(path), 'kernel.lock'), 'a', 0o600)),
};

class KernelLock implements Lock {
  readonly #file: FileHandle;
  /** The kernel's lock belongs to the open file, so it does not exclude sections of one process. */
  readonly #mutex = new Mutex();
  /** A wait for the kernel cannot be cancelled. If its caller gave up, the next one joins it. */
  #wait: Promise<void> | undefined;
  /** Whether a section needs the lock when the wait ends. */
  #wanted = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  run<T>(section: () => Promise<T>, deadline: number): Promise<T> {
    return this.#withinProcess(deadline).runExclusive(async () => {
      if (!(await this.#acquire(deadline))) throw new LockTimeoutError();
      try {
        return await section();
      } finally {
        unlock(this.#file.fd);
      }
    });
  }

  async close(): Promise<void> {
    if (this.#wait === undefined) return this.#file.close();
    // A thread still waits for the lock with this descriptor, perhaps for as long as we run.
    void this.#wait.catch(() => {}).then(() => this.#file.close());
  }

  /** Without contention there is no need for a timer and an error. */
  #withinProcess(deadline: number): MutexInterface {
    if (!this.#mutex.isLocked()) return this.#mutex;
    return withTimeout(this.#mutex, Math.max(1, msUntil(deadline)), new LockTimeoutError());
  }

  async #acquire(deadline: number): Promise<boolean> {
    if (this.#wait === undefined && tryLock(this.#file.fd)) return true;
    this.#wanted = true;
    this.#wait ??= this.#waitForKernel();
    const granted = await resolvesWithin(this.#wait, msUntil(deadline));
    this.#wanted = false;
    return granted;
  }

  async #waitForKernel(): Promise<void> {
    try {
      await waitForLock(this.#file.fd);
    } finally {
      this.#wait = undefined;
    }
    // Granted too late: without an unlock this process would hold it for no section.
    if (!this.#wanted) unlock(this.#file.fd);
  }
}

/** Whether a promise resolves within `ms`. @throws the error it rejects with */
const resolvesWithin = (promise: Promise<void>, ms: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms);
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
