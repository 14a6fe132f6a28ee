import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryDowngradeLock, tryLock, unlock } from '../../lock/native-lock.js';
import { UserError } from '../../user-error.js';

/** The folder is in use, or being reset. */
export class FolderBusyError extends UserError {}

const LOCK_FILE = 'office.lock';

/** Kept for the life of the process: a handle that is collected is closed, and its lock is gone. */
const heldFiles: FileHandle[] = [];

/** How long a lock on the folder may be held by one that only looks who else is there. */
const ACQUIRE_MS = 1_000;

/**
 * Says that this process has the folder open, until it ends. Every primary and every worker says so
 * for itself and before it opens anything else: a worker that outlives its primary still counts.
 *
 * @param how what all who have the folder open must agree on, or it would be sold twice over: the
 *   first one writes it down, the others must bring the same
 * @throws FolderBusyError while the folder is being reset, or is open in another way
 */
export async function acquireFolderLock(folder: string, how: string): Promise<void> {
  const file = await openLockFile(folder);
  heldFiles.push(file);
  for (const deadline = performance.now() + ACQUIRE_MS; ; await sleep(20)) {
    if (tryLock(file.fd)) {
      await file.truncate();
      await file.write(how);
      tryDowngradeLock(file.fd);
      return;
    }
    if (tryLock(file.fd, { shared: true })) break;
    if (performance.now() > deadline) {
      throw new FolderBusyError(`${folder} is being reset: try again when that is done`);
    }
  }
  const open = (await readFile(join(folder, LOCK_FILE), 'utf8')).trim();
  if (open === how) return;
  unlock(file.fd);
  throw new FolderBusyError(
    `${folder} is open with ${open}: start this office so, too, or take another DATA_DIR`,
  );
}

/**
 * Runs a section while nobody has the folder open, and nobody can open it.
 *
 * @throws FolderBusyError when somebody has
 */
export async function withExclusiveFolderLock<T>(
  folder: string,
  section: () => Promise<T>,
): Promise<T> {
  const file = await openLockFile(folder);
  try {
    if (!tryLock(file.fd)) {
      throw new FolderBusyError(`an office has ${folder} open: stop it first`);
    }
    return await section();
  } finally {
    await file.close(); // the lock goes with it
  }
}

/** `office.lock` is never removed: whoever removed it would let two hold it. */
async function openLockFile(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true });
  return open(join(folder, LOCK_FILE), 'a+');
}
