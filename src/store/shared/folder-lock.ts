import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryDowngradeLock, tryLock, unlock } from '../../lock/fs-native-extensions.js';
import { UserError } from '../../user-error.js';
import { createFolder, ifExists } from './files.js';

/** The folder is in use, or being reset. */
export class FolderBusyError extends UserError {}

const LOCK_FILE = 'office.lock';

/** Open for the life of the process: a collected handle would be closed, and its lock released. */
const heldFiles: FileHandle[] = [];

/** How long to wait for a process that holds the exclusive lock only while it opens the folder. */
const ACQUIRE_MS = 1_000;

/**
 * Takes a shared lock on a folder until this process ends. Every primary and every worker takes one
 * before it opens anything else: a worker that outlives its primary still counts.
 *
 * @param requiredSettings the settings that all processes on the folder must share, or they would sell
 *   the same tickets twice. The first process writes them down; the others must have the same.
 * @throws FolderBusyError while the folder is being reset, or is open with other settings
 */
export async function acquireFolderLock(folder: string, requiredSettings: string): Promise<void> {
  const file = await openLockFile(folder);
  heldFiles.push(file);
  for (const deadline = performance.now() + ACQUIRE_MS; ; await sleep(20)) {
    if (tryLock(file.fd)) {
      await file.truncate();
      await file.write(requiredSettings);
      tryDowngradeLock(file.fd);
      return;
    }
    if (tryLock(file.fd, { shared: true })) break;
    if (performance.now() > deadline) {
      throw new FolderBusyError(`${folder} is being reset: try again when that is done`);
    }
  }
  const current = (await readFile(join(folder, LOCK_FILE), 'utf8')).trim();
  if (current === requiredSettings) return;
  unlock(file.fd);
  throw new FolderBusyError(
    `${folder} is open with ${current}: start with the same, or choose another DATA_DIR`,
  );
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
  const file = await openLockFile(folder);
  try {
    if (!tryLock(file.fd)) {
      throw new FolderBusyError(`an office has ${folder} open: stop it first`);
    }
    return await section();
  } finally {
    await file.close(); // releases the lock
  }
}

/** `office.lock` is never removed: two processes could then hold the lock of two files. */
async function openLockFile(folder: string): Promise<FileHandle> {
  await createFolder(resolve(folder));
  const file = await ifExists(open(join(folder, LOCK_FILE), 'a+'));
  if (file === undefined) throw new UserError(`${folder} cannot be used: it takes no files`);
  return file;
}
