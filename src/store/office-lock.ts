import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../lock/native.js';
import { UnusableError } from '../unusable.js';

/** The folder is in use, or being reset. */
export class FolderBusyError extends UnusableError {}

/** Kept for the life of the process: a handle that is collected is closed, and its lock is gone. */
const occupied: FileHandle[] = [];

/**
 * Says that this process has the folder open, until it ends. Every primary and every worker says so
 * for itself and before it opens anything else: a worker that outlives its primary still counts.
 *
 * @throws FolderBusyError while the folder is being reset
 */
export async function occupy(folder: string): Promise<void> {
  const file = await openLockFile(folder);
  if (tryLock(file.fd, { shared: true })) {
    occupied.push(file);
    return;
  }
  await file.close();
  throw new FolderBusyError(`${folder} is being reset: try again when that is done`);
}

/**
 * Runs a section while nobody has the folder open, and nobody can open it.
 *
 * @throws FolderBusyError when somebody has
 */
export async function withFolderAlone<T>(folder: string, section: () => Promise<T>): Promise<T> {
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
  return open(join(folder, 'office.lock'), 'a+');
}
