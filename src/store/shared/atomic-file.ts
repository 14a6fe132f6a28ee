import { randomBytes } from 'node:crypto';
import { closeSync, fsync, openSync, renameSync, writeFileSync } from 'node:fs';
import { link, readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A name beside `path` that no other process uses: its number, and chance for containers that share numbers. */
const temporaryName = (path: string): string =>
  `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;

/** A temporary file this old belongs to nobody who will still rename it. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Replaces a file as a whole: whoever reads it sees the old bytes or the new ones, never a mixture,
 * also after a power cut. The temporary file lies beside its target because a rename is atomic only
 * within one file system.
 *
 * A lock is held meanwhile, so a thread is asked for the sync alone. The rest takes microseconds, and
 * a thread's answer would wait until the event loop comes round to it.
 *
 * @param durable whether to wait until the disk has the bytes; for the name see `syncFolder`
 * @throws the error of the file system; the old file then stands unchanged
 */
export async function replaceFile(path: string, bytes: string, durable: boolean): Promise<void> {
  const temporary = await writeBeside(path, bytes, durable);
  try {
    renameSync(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/**
 * Makes a file if there is none. Two processes may try at once: one of them makes it, whole.
 *
 * @returns whether it was made here
 */
export async function createFile(
  path: string,
  bytes: string | Buffer,
  mode = 0o644,
): Promise<boolean> {
  const temporary = await writeBeside(path, bytes, true, mode);
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

/** Whether there is a file of at least so many bytes. */
export async function exists(path: string, bytes = 0): Promise<boolean> {
  const found = await stat(path).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found !== undefined && found.size >= bytes;
}

/** Makes renames and new names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows can open no folder, and needs no such sync.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    await synced(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes the temporary files that crashes left beside `path`. */
export async function sweepTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    const left = join(folder, name);
    const { mtimeMs } = await stat(left).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await unlink(left).catch(() => {});
  }
}

async function writeBeside(
  path: string,
  bytes: string | Buffer,
  durable: boolean,
  mode = 0o644,
): Promise<string> {
  const temporary = temporaryName(path);
  const descriptor = openSync(temporary, 'wx', mode);
  try {
    writeFileSync(descriptor, bytes); // goes on until every byte is written, or throws
    if (durable) await synced(descriptor);
    return temporary;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Waits until the disk has a file. A thread does: it takes as long as the disk takes. */
const synced = (descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fsync(descriptor, (error) => (error === null ? resolve() : reject(error)));
  });
