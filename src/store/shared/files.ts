import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsync,
  openSync,
  renameSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { link, mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { statName } from '../../lock/same-file.js';
import { UserError } from '../../user-error.js';
import { ifExists } from './if-exists.js';
import { LinkError, PRIVATE_FILE, PRIVATE_FOLDER } from './private-file.js';

/** A temporary name beside `path`: the process id, and randomness for containers that share ids. */
export const temporaryName = (path: string): string =>
  `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;

/** No process will still rename a temporary file of this age. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Replaces a file atomically: a reader sees the old bytes or the new ones, never a mixture, also after
 * a power cut. The temporary file is in the same folder, because a rename is atomic only within one
 * file system. Only the sync runs on a thread: a lock is held, and the other calls take microseconds.
 *
 * The new file has the mode of the old one, and its owner if this process may set it.
 *
 * @param durable whether to sync the bytes before the rename; for the name see `syncFolder`
 * @param beforeRename called right before the rename; nothing is replaced if it throws
 * @throws LinkError if the name is a symbolic link, or the error of the file system; the old file is
 *   then unchanged
 */
export async function replaceFile(
  path: string,
  bytes: string,
  durable: boolean,
  beforeRename: () => void = () => {},
): Promise<void> {
  const replaced = statName(path);
  if (replaced?.isSymbolicLink()) throw new LinkError(path, 'symbolic');
  const temporary = await writeTemporary(path, bytes, durable, { replaced });
  try {
    beforeRename();
    renameSync(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/**
 * Creates a file, durably, if there is none. Of two processes that try at once, one creates it whole.
 *
 * @returns whether this call created it
 */
export async function createFile(
  path: string,
  bytes: string | Buffer,
  mode = PRIVATE_FILE,
): Promise<boolean> {
  const temporary = await writeTemporary(path, bytes, true, { mode });
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Whether there is a file of at least `minBytes`. */
export async function exists(path: string, minBytes = 0): Promise<boolean> {
  const found = await ifExists(stat(path));
  return found !== undefined && found.size >= minBytes;
}

/** The bytes of a file, or `undefined` if there is none. */
export const readIfExists = (path: string): Promise<Buffer | undefined> => ifExists(readFile(path));

/**
 * Creates a folder and its parents, for their owner only, if they do not exist. (Node's recursive `mkdir` never returns below
 * /proc, where no folder can be created.)
 *
 * @throws UserError where there can be no folder; any other error of the file system
 */
export async function createFolder(path: string): Promise<void> {
  if ((await createOneFolder(path)) || dirname(path) === path) return;
  await createFolder(dirname(path));
  if (await createOneFolder(path)) return;
  throw new UserError(`${path} cannot be used: no folder can be created there`);
}

/** Whether the folder exists now; not if its parent is missing. */
async function createOneFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: PRIVATE_FOLDER });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) return true;
    if (code !== 'EEXIST' || found !== undefined) throw error;
    throw new UserError(`${path} cannot be used: it is a link to something that does not exist`);
  }
}

/** Makes renames and new names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows cannot open a folder, and needs no such sync
  const descriptor = openSync(folder, 'r');
  try {
    await syncDescriptor(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes the temporary files that crashes left beside `path`. */
export async function sweepTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    const temporary = join(folder, name);
    const { mtimeMs } = await stat(temporary).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await unlink(temporary).catch(() => {});
  }
}

async function writeTemporary(
  path: string,
  bytes: string | Buffer,
  durable: boolean,
  { mode = PRIVATE_FILE, replaced }: { mode?: number; replaced?: Stats | undefined },
): Promise<string> {
  const temporary = temporaryName(path);
  const descriptor = openSync(temporary, 'wx', replaced?.mode ?? mode);
  try {
    if (replaced !== undefined) copyOwnerAndMode(replaced, descriptor);
    writeFileSync(descriptor, bytes); // repeats short writes until every byte is written, or throws
    if (durable) await syncDescriptor(descriptor);
    return temporary;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function copyOwnerAndMode({ uid, gid, mode }: Stats, descriptor: number): void {
  if (uid !== process.geteuid?.() || gid !== process.getegid?.()) {
    try {
      fchownSync(descriptor, uid, gid);
    } catch (error) {
      // Only root may give a file away. The user who replaces the file owns it from now on.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    }
  }
  fchmodSync(descriptor, mode & 0o7777); // the umask may have taken bits away
}

const syncDescriptor = (descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fsync(descriptor, (error) => (error === null ? resolve() : reject(error)));
  });
