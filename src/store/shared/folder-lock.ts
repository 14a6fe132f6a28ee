import { constants, existsSync, fstatSync } from 'node:fs';
import { type FileHandle, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryDowngradeLock, tryLock, unlock } from '../../lock/fs-native-extensions.js';
import { LockLostError } from '../../lock/lock-mode.js';
import { type FileIdentity, isSameFile, statName } from '../../lock/same-file.js';
import { UserError } from '../../user-error.js';
import { createFolder, exists } from './files.js';
import { hasRecords } from './folder.js';
import { ifExists } from './if-exists.js';
import { openOwnFile } from './private-file.js';

/** The folder is in use, or being reset. */
export class FolderBusyError extends UserError {}

const LOCK_FILE = 'office.lock';

/** A verified backup whose files are being put in place. If it is there later, a crash came between. */
export const restoringIn = (folder: string): string => join(folder, 'restoring');

/** How long to wait for a process that holds the exclusive lock only while it opens the folder. */
const ACQUIRE_MS = 1_000;

/** How often a holder checks that its file still has the name. */
const CHECK_MS = 500;

/** How long a check counts: a look at the name for every batch would cost more than it finds. */
const CHECKED_MS = 100;

/**
 * How long a process that had to create the lock file waits before it locks it, if sales are on record:
 * the file may have been removed while servers hold it, and they take the new one in this time.
 */
const CREATED_MS = 3 * CHECK_MS;

/** The settings that all processes on a folder must share, or they would sell the same tickets twice. */
export type RequiredSettings = Readonly<Record<string, string | number>>;

/**
 * This process's shared lock on a folder. If the lock file is removed or replaced, the process takes
 * the new one: a lock on a file without a name keeps no other process out.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #required: string;
  readonly #onLost: (error: UserError) => void;
  /** Open for the life of the process: a collected handle would be closed, and its lock released. */
  #file!: FileHandle;
  #identity!: FileIdentity;
  #checkedAt = 0;
  #reacquiring = false;

  private constructor(folder: string, required: string, onLost: (error: UserError) => void) {
    this.#folder = folder;
    this.#required = required;
    this.#onLost = onLost;
  }

  /**
   * Takes the lock until this process ends. Every primary and every worker takes one before it opens
   * anything else: a worker that outlives its primary still counts. The first process writes down the
   * settings; the others must have the same.
   *
   * @param onLost called if the lock file is removed, and another process then has the folder to itself
   *   or open with other settings: this process must stop
   * @throws FolderBusyError while the folder is being reset, or is open with other settings
   */
  static async acquire(
    folder: string,
    required: RequiredSettings,
    onLost: (error: UserError) => void,
  ): Promise<FolderLock> {
    const text = Object.entries(required).map((setting) => setting.join('='));
    const lock = new FolderLock(folder, text.join(' '), onLost);
    await createFolder(resolve(folder));
    const file = await acquireShared(folder, lock.#required, CREATED_MS);
    // Under the lock: now no restore is running.
    if (await exists(restoringIn(folder))) {
      await release(file);
      throw new UserError(
        `a restore into ${folder} did not finish: run npm run restore -- FILE --replace again`,
      );
    }
    lock.#hold(file);
    setInterval(() => lock.#reacquireIfLost(), CHECK_MS).unref();
    return lock;
  }

  /**
   * For a writer, right before it writes.
   *
   * @throws LockLostError when the lock file was removed or replaced; it is then acquired again
   */
  assertHeld(): void {
    if (performance.now() - this.#checkedAt < CHECKED_MS) return;
    if (this.#reacquireIfLost()) throw new LockLostError(`${LOCK_FILE} was removed or replaced`);
  }

  #hold(file: FileHandle): void {
    this.#file = file;
    this.#identity = fstatSync(file.fd);
  }

  #reacquireIfLost(): boolean {
    const hasName = this.#hasName();
    if (hasName) {
      this.#checkedAt = performance.now();
      this.#rewriteIfCut();
      return false;
    }
    if (hasName === false && !this.#reacquiring) void this.#reacquire();
    return true;
  }

  /**
   * Whether the open file has the name. `undefined`: there is no such folder now, or it cannot be read.
   * Nothing is created then: the folder may have been moved, and may come back.
   */
  #hasName(): boolean | undefined {
    try {
      const found = statName(join(this.#folder, LOCK_FILE));
      if (found === undefined && !existsSync(this.#folder)) return undefined;
      return isSameFile(found, this.#identity);
    } catch {
      return undefined;
    }
  }

  /** The next worker could not open the folder if the settings in the file were cut off. */
  #rewriteIfCut(): void {
    if (fstatSync(this.#file.fd).size === Buffer.byteLength(this.#required)) return;
    void writeRequired(this.#file, this.#required).catch(() => {}); // the next check tries again
  }

  async #reacquire(): Promise<void> {
    this.#reacquiring = true;
    try {
      const lost = this.#file;
      this.#hold(await acquireShared(this.#folder, this.#required));
      await release(lost);
    } catch (error) {
      if (!(error instanceof UserError)) return; // such as a full disk: the next check tries again
      const reason = error.message;
      this.#onLost(new FolderBusyError(`${LOCK_FILE} was removed while a server ran: ${reason}`));
    } finally {
      this.#reacquiring = false;
    }
  }
}

/** @param createdMs how long to wait after creating the lock file */
async function acquireShared(folder: string, required: string, createdMs = 0): Promise<FileHandle> {
  const deadline = performance.now() + ACQUIRE_MS;
  for (;;) {
    const file = await openLockFile(folder, createdMs);
    if (tryLock(file.fd) && hasName(folder, file)) {
      await writeRequired(file, required);
      tryDowngradeLock(file.fd);
      return file;
    }
    unlock(file.fd);
    if (tryLock(file.fd, { shared: true }) && hasName(folder, file)) {
      const current = (await readFile(join(folder, LOCK_FILE), 'utf8')).trim();
      if (current === required) return file;
      await release(file);
      throw new FolderBusyError(
        `${folder} is open with ${current}: start with the same (${differences(current, required)}), or choose another DATA_DIR`,
      );
    }
    await release(file);
    if (performance.now() > deadline) {
      throw new FolderBusyError(`${folder} is being reset: try again when that is done`);
    }
    await sleep(20);
  }
}

/** Several holders may do this at once: all of them write the same. */
async function writeRequired(file: FileHandle, required: string): Promise<void> {
  await file.write(required, 0);
  await file.truncate(Buffer.byteLength(required));
}

/** `LOCK_STALE_MS is 2000 here` */
function differences(current: string, required: string): string {
  const there = new Set(current.split(' '));
  const here = required.split(' ').filter((setting) => !there.has(setting));
  return here.map((setting) => `${setting.replace('=', ' is ')} here`).join(', ');
}

/**
 * Runs a section while no other process has the folder open or can open it.
 *
 * @throws FolderBusyError when another process has it open
 */
export async function withExclusiveFolderLock<T>(
  folder: string,
  section: () => Promise<T>,
): Promise<T> {
  await createFolder(resolve(folder));
  const file = await openLockFile(folder, CREATED_MS);
  try {
    if (!tryLock(file.fd) || !hasName(folder, file)) {
      throw new FolderBusyError(`a server has ${folder} open: stop it first`);
    }
    return await section();
  } finally {
    await release(file);
  }
}

/**
 * Runs a short section while no reset and no restore can begin.
 *
 * @param section receives the required settings of the servers that have the folder open, or
 *   `undefined` if none has: then none can open it, either
 * @throws FolderBusyError while the folder is being reset or restored
 */
export async function withSharedFolderLock<T>(
  folder: string,
  section: (requiredSettings: string | undefined) => Promise<T>,
): Promise<T> {
  await createFolder(resolve(folder));
  for (const deadline = performance.now() + ACQUIRE_MS; ; await sleep(20)) {
    const file = await openLockFile(folder, CREATED_MS);
    try {
      if (tryLock(file.fd)) {
        if (hasName(folder, file)) return await section(undefined);
      } else if (tryLock(file.fd, { shared: true }) && hasName(folder, file)) {
        return await section((await readFile(join(folder, LOCK_FILE), 'utf8')).trim());
      }
    } finally {
      await release(file);
    }
    if (performance.now() > deadline) {
      throw new FolderBusyError(`${folder} is being reset or restored: try again after that`);
    }
  }
}

/**
 * To close alone is not enough: a child that this process is starting has a copy of the descriptor, and
 * so the lock, until it runs its program.
 */
async function release(file: FileHandle): Promise<void> {
  try {
    unlock(file.fd);
  } finally {
    await file.close();
  }
}

const hasName = (folder: string, file: FileHandle): boolean =>
  isSameFile(statName(join(folder, LOCK_FILE)), fstatSync(file.fd));

/** No server removes `office.lock`: two processes could then hold the lock of two files. */
async function openLockFile(folder: string, createdMs: number): Promise<FileHandle> {
  const path = join(folder, LOCK_FILE);
  const created = statName(path) === undefined;
  const file = await ifExists(openOwnFile(path, constants.O_RDWR | constants.O_CREAT));
  if (file === undefined) throw new UserError(`${folder} cannot be used: it takes no files`);
  if (created && (await hasRecords(folder))) await sleep(createdMs);
  return file;
}
