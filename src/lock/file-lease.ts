import { mkdirSync, readdirSync, rmdirSync, type Stats, statSync, utimesSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import {
  type Lock,
  LockLostError,
  type LockMode,
  type LockOptions,
  LockTimeoutError,
} from './lock-mode.js';
import { statName } from './same-file.js';

/** Pause between two attempts, random so that two waiters do not stay in step. */
const RETRY_MS = { min: 1, max: 2 };

/** proper-lockfile dates the first lease of a process up to a second ahead; allow for it. */
const DATED_AHEAD_MS = 2000;

/**
 * A holder trusts a lease that it renewed within this share of `staleMs`. It renews after a half; the
 * rest is for the write itself, which may be slow on a busy machine.
 */
const TRUSTED_SHARE = 0.75;

/**
 * proper-lockfile: the process that creates the folder `tickets.json.lock` holds the lock. It is a
 * lease: the holder renews it by updating its mtime, and after `staleMs` without renewal another
 * process takes it over, whether the holder died or was only stopped.
 */
export const file: LockMode = {
  scope: 'host',
  about: 'a lock file (proper-lockfile): a lease, taken over when its holder stops renewing it',
  isLease: true,
  async open(options) {
    const path = `${options.path}.lock`;
    const obstacle = findObstacle(path);
    if (obstacle !== undefined) {
      const message = `it is in the way of the lock, because it is ${obstacle}: remove it, or move it elsewhere`;
      throw Object.assign(new Error(message), { code: 'EEXIST', path });
    }
    return new FileLock(options);
  },
};

/** Less than half a millisecond, to which a time is rounded, and never none, as of a folder just created. */
const FRACTION_MS = { min: 0.1, max: 0.4 };

/** A lease as this process last wrote it. */
interface Lease {
  /** When the renewal began: no other process may find it stale before `staleMs` after that. */
  readonly renewedAt: Clocks;
  readonly found: Pick<Stats, 'ino' | 'mtimeMs' | 'ctimeMs'>;
}

/** The monotonic clock stands still while the machine sleeps; the other one may be set. */
interface Clocks {
  readonly monotonic: number;
  readonly wall: number;
}

const readClocks = (): Clocks => ({ monotonic: performance.now(), wall: Date.now() });

class FileLock implements Lock {
  readonly #options: LockOptions;
  readonly #path: string;
  /** Of the section that runs. Only one runs at a time. */
  #lease: Lease | undefined;
  /** Whether the library is removing a lease that it believes to be ours, not a stale one. */
  #releasing = false;

  constructor(options: LockOptions) {
    this.#options = options;
    this.#path = `${options.path}.lock`;
  }

  async run<T>(section: () => Promise<T>, deadline: number): Promise<T> {
    const release = await this.#acquire(deadline);
    try {
      return await section();
    } finally {
      // A lost lease cannot be released. What the section did stays done.
      await this.#release(release).catch((error) =>
        this.#options.onWarning('the lock was lost', error),
      );
    }
  }

  assertHeld(): void {
    if (this.#lease === undefined) throw new LockLostError('it is not held');
    const { monotonic, wall } = this.#lease.renewedAt;
    const silentMs = Math.max(performance.now() - monotonic, Date.now() - wall);
    if (silentMs > this.#options.staleMs * TRUSTED_SHARE) {
      throw new LockLostError(`${this.#path} was not renewed for ${Math.round(silentMs)} ms`);
    }
    if (!this.#isOurs()) throw new LockLostError(`${this.#path} was removed or taken over`);
  }

  findObstacle(): string | undefined {
    const obstacle = findObstacle(this.#path);
    return obstacle && `The path of the lock is ${obstacle}`;
  }

  async close(): Promise<void> {}

  /**
   * The file-system calls that proper-lockfile makes, as synchronous calls. Each takes microseconds;
   * the result of a thread would wait for the event loop, for milliseconds under load.
   */
  readonly #fs = {
    mkdir: (path: string, callback: Callback<unknown>) =>
      callSync(() => this.#create(path), callback),
    stat: (path: string, callback: Callback<unknown>) => callSync(() => statSync(path), callback),
    utimes: (path: string, _atime: Date, mtime: Date, callback: Callback<unknown>) =>
      callSync(() => this.#renew(path, mtime.getTime(), readClocks()), callback),
    rmdir: (path: string, callback: Callback<unknown>) =>
      callSync(() => this.#remove(path), callback),
  };

  #create(path: string): void {
    const createdAt = readClocks(); // before the call: the process may be stopped after it
    mkdirSync(path, 0o700);
    this.#renew(path, statSync(path).mtimeMs, createdAt);
  }

  /**
   * Writes the time of the lease: it is valid from then on. The library renews it with `utimes`. A
   * fraction of a millisecond, which the library ignores, tells this lease from another process's: two
   * that are created in one tick of the disk's clock may have the same inode number and times.
   */
  #renew(path: string, mtimeMs: number, renewedAt: Clocks): void {
    const fraction = FRACTION_MS.min + Math.random() * (FRACTION_MS.max - FRACTION_MS.min);
    const seconds = (mtimeMs + fraction) / 1000;
    utimesSync(path, seconds, seconds);
    this.#lease = { renewedAt, found: statSync(path) };
  }

  /** A holder that was stopped must not remove the lease of the process that took it over. */
  #remove(path: string): void {
    if (this.#releasing && !this.#isOurs()) throw new LockLostError(`${path} was taken over`);
    rmdirSync(path);
  }

  #isOurs(): boolean {
    const [found, lease] = [statName(this.#path), this.#lease?.found];
    return (
      found?.ino === lease?.ino &&
      found?.mtimeMs === lease?.mtimeMs &&
      found?.ctimeMs === lease?.ctimeMs // on a kernel with fine times, always another one
    );
  }

  /** The library removes the lease in the call itself, before its promise. */
  #release(release: () => Promise<void>): Promise<void> {
    this.#releasing = true;
    try {
      return release();
    } finally {
      this.#releasing = false;
      this.#lease = undefined;
    }
  }

  async #acquire(deadline: number): Promise<() => Promise<void>> {
    const { path, staleMs, onWarning } = this.#options;
    for (;;) {
      try {
        return await lockfile.lock(path, {
          realpath: false, // the path is ours; saves a system call
          stale: staleMs,
          update: staleMs / 2, // renews the lease this often
          fs: this.#fs,
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
    const lease = this.#path;
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

/** What is in the way of a lease, if anything is. A lease is an empty folder; nothing else can be acquired or taken over. */
function findObstacle(path: string): string | undefined {
  const found = statName(path);
  if (found === undefined || (found.isDirectory() && isEmpty(path))) return undefined;
  return found.isDirectory() ? 'a folder with files in it' : 'not a folder';
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true; // its holder just released it
    throw error;
  }
}
