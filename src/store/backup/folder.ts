import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../user-error.js';
import { exists, syncFolder } from '../shared/files.js';
import { restoringIn, withExclusiveFolderLock } from '../shared/folder-lock.js';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../shared/private-file.js';
import type { BackupEntry } from './snapshot.js';

const CHUNK_BYTES = 256 * 1024;

/** The first bytes of a file that others may append to. */
export async function* readPrefix(file: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytes - offset));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** Everything that holds sales, of any store. A seed is not among it: it is the operator's. */
const salesFiles = [
  'tickets.json',
  'receipts.jsonl',
  'ledger.jsonl',
  'order.secret',
  'order.fingerprint',
  'outbox.json',
  'DAMAGED',
];

const SEED = 'tickets.seed.json';

/**
 * Restores the files of a backup into a folder that no server has open. They are unpacked beside it,
 * verified, and then put in place. A crash before that changes nothing; a crash in the middle of it
 * leaves a folder that no server opens.
 *
 * @param names the files that a backup of this store may have
 * @param verify checks the unpacked folder, and may add to it. @throws UserError to leave all as it was
 */
export async function restoreFolder(
  folder: string,
  entries: AsyncIterable<BackupEntry>,
  { names, replace, verify }: RestoreFolderOptions,
): Promise<void> {
  await withExclusiveFolderLock(folder, async () => {
    if (!replace) await rejectSales(folder);
    const unpacked = join(folder, 'restore.tmp');
    await rm(unpacked, { recursive: true, force: true });
    try {
      await unpack(entries, unpacked, names);
      await verify(unpacked);
      await syncFolder(unpacked);
    } catch (error) {
      await rm(unpacked, { recursive: true, force: true });
      throw error;
    }
    await putInPlace(folder, unpacked);
  });
}

export interface RestoreFolderOptions {
  readonly names: readonly string[];
  readonly replace: boolean;
  readonly verify: (folder: string) => Promise<void>;
}

async function rejectSales(folder: string): Promise<void> {
  for (const name of [...salesFiles, SEED, 'restoring']) {
    if (!(await exists(join(folder, name)))) continue;
    throw new UserError(
      `${folder} is not empty, it has ${name}: choose another DATA_DIR, or delete what is there with --replace`,
    );
  }
}

async function unpack(
  entries: AsyncIterable<BackupEntry>,
  folder: string,
  names: readonly string[],
): Promise<void> {
  await mkdir(folder, { mode: PRIVATE_FOLDER });
  for await (const { name, chunks } of entries) {
    // A name decides where bytes are written: only known ones do.
    if (!names.includes(name)) throw new UserError(`the backup has an unknown file: ${name}`);
    const file = await open(join(folder, name), 'wx', PRIVATE_FILE);
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

async function putInPlace(folder: string, unpacked: string): Promise<void> {
  const restoring = restoringIn(folder);
  await rm(restoring, { recursive: true, force: true });
  await rename(unpacked, restoring); // from here on no server opens the folder
  await syncFolder(folder);
  for (const name of salesFiles) await rm(join(folder, name), { force: true });
  // Requests name what was sold before.
  await rm(join(folder, 'outbox.requests'), { recursive: true, force: true });
  const restored = (await readdir(restoring)).filter((name) => !name.endsWith('.lock'));
  for (const name of restored) await rename(join(restoring, name), join(folder, name));
  await syncFolder(folder);
  await rm(restoring, { recursive: true, force: true });
  await syncFolder(folder);
}
