import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Mutex, type MutexInterface, withTimeout } from 'async-mutex';
import { type ByteRange, tryLock, unlock, waitForLock } from './fs-native-extensions.js';
import {
  type Lock,
  type LockMode,
  type LockOptions,
  LockTimeoutError,
  msUntil,
} from './lock-mode.js';

/**
 * A byte far behind the end of any file: a lock on it hinders no process that reads or writes the file, also
 * where locks are mandatory (Windows). macOS locks whole files only, and its locks are advisory.
 */
const lockedByte: ByteRange = process.platform === 'darwin' ? [] : [2 ** 52, 1];

/**
 * A lock held by the kernel: it is released the moment its holder dies, and cannot be taken from a
 * holder that is only stopped.
 *
 * It is on the file that records the sales. A lock file of its own could be removed as stale: its holder
 * would go on holding the removed file, and the next process would lock a new one. And `tickets.json` is
 * replaced by a rename, and with it the inode that a lock would be on.
 */
export const kernel: LockMode = {
  scope: 'host',
  about: 'a kernel lock: released the moment its holder dies, never stolen',
  open: (options) => KernelLock.open(options),
};

class KernelLock implements Lock {
  readonly #file: FileHandle;
  /** The kernel's lock belongs to the open file, so it does not exclude sections of one process. */
  readonly #mutex = new Mutex();
  /** A wait for the kernel cannot be cancelled. If its caller gave up, the next one joins it. */
  #wait: Promise<void> | undefined;
  /** Whether a section needs the lock when the wait ends. */
  #wanted = false;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open({ recordPath }: LockOptions): Promise<KernelLock> {
    const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;
    return new KernelLock(await open(recordPath, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600));
  }

  run<T>(section: () => Promise<T>, deadline: number): Promise<T> {
    return this.#withinProcess(deadline).runExclusive(async () => {
      if (!(await this.#acquire(deadline))) throw new LockTimeoutError();
      try {
        return await section();
      } finally {
        unlock(this.#file.fd, ...lockedByte);
      }
    });
  }

  /** The kernel never takes the lock away. Whether its file still has the name, the store checks. */
  assertHeld(): void {}

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
    if (this.#wait === undefined && tryLock(this.#file.fd, ...lockedByte)) return true;
    this.#wanted = true;
    this.#wait ??= this.#waitForKernel();
    const granted = await resolvesWithin(this.#wait, msUntil(deadline));
    this.#wanted = false;
    return granted;
  }

  async #waitForKernel(): Promise<void> {
    try {
      await waitForLock(this.#file.fd, ...lockedByte);
    } finally {
      this.#wait = undefined;
    }
    // Granted too late: without an unlock this process would hold it for no section.
    if (!this.#wanted) unlock(this.#file.fd, ...lockedByte);
  }
}

/** Whether a promise resolves within `ms`. @throws the error it rejects with */
const resolvesWithin = (promise: Promise<void>, ms: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms);
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
