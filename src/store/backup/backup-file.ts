import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { UserError } from '../../user-error.js';
import { exists, syncFolder, temporaryName } from '../shared/files.js';
import { ByteStream } from './byte-stream.js';
import { type BackupEntry, entryOf } from './snapshot.js';
import { BLOCK_BYTES, parseTarHeader, TAR_END, tarHeader, tarPadding } from './tar.js';

const FORMAT = 'turnstile-backup-1';

/** The first file of a backup: what it is. */
const manifestShape = z.object({
  format: z.literal(FORMAT),
  store: z.enum(['json', 'ledger', 'postgres']),
  /** When it was made. */
  made: z.string(),
  /** The verdict on it. */
  verdict: z.enum(['holds', 'broken', 'inconclusive']),
  version: z.int(),
  sold: z.int(),
});
export type Manifest = z.infer<typeof manifestShape>;

const MANIFEST = 'backup.json';

/** The last file: the SHA-256 of every file before it, as `sha256sum --check` reads them. */
const SUMS = 'SHA256SUMS';

/** The largest file that is read into memory: a manifest, sums, or a part of a table. */
const SMALL_BYTES_MAX = 64 * 1024 * 1024;

/** A file that is not a whole backup. */
export class BackupFileError extends UserError {
  constructor(path: string, reason: string) {
    super(`${path} is not a whole backup: ${reason}`);
  }
}

/**
 * Writes a backup: a gzipped tar of these files, which only its owner may read. A file of this name
 * appears when it is complete and synced.
 *
 * @throws UserError when there is one already
 */
export async function writeBackup(
  path: string,
  manifest: Omit<Manifest, 'format'>,
  entries: AsyncIterable<BackupEntry> | Iterable<BackupEntry>,
): Promise<void> {
  await rejectExisting(path);
  const temporary = temporaryName(path);
  try {
    await pipeline(
      Readable.from(archive({ format: FORMAT, ...manifest }, entries)),
      createGzip({ level: constants.Z_BEST_SPEED }), // the sales need the cores, too
      createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }),
    );
    await verifyBackup(temporary);
    await link(temporary, path).catch(async (error) => {
      await rejectExisting(path);
      throw error;
    });
    await syncFolder(dirname(path));
  } finally {
    await unlink(temporary).catch(() => {});
  }
}

/** @throws UserError when there is a file of this name */
export async function rejectExisting(path: string): Promise<void> {
  if (await exists(path)) throw new UserError(`${path} exists: choose another name`);
}

/**
 * Reads a whole backup and compares every file with its checksum.
 *
 * @throws BackupFileError when it is not complete or was changed
 */
export async function verifyBackup(path: string): Promise<Manifest> {
  const entries = readBackup(path);
  for await (const { chunks } of entries) for await (const _ of chunks);
  return readManifest(path);
}

/** Reads what a backup is, and nothing else of it. @throws BackupFileError */
export async function readManifest(path: string): Promise<Manifest> {
  for await (const entry of readArchive(path)) {
    const bytes = entry.name === MANIFEST ? await contentOf(entry) : Buffer.alloc(0);
    const { success, data } = manifestShape.safeParse(parseJson(bytes));
    if (success) return data;
    break;
  }
  throw new BackupFileError(path, `it does not begin with a ${MANIFEST} of format ${FORMAT}`);
}

/**
 * The files of a backup, without manifest and checksums. Each must be read before the next.
 *
 * @throws BackupFileError when it is not complete or was changed; what came before is then worthless
 */
export async function* readBackup(path: string): AsyncGenerator<BackupEntry> {
  const sums: string[] = [];
  let complete = false;
  for await (const entry of readArchive(path)) {
    if (complete) throw new BackupFileError(path, `${entry.name} follows after ${SUMS}`);
    if (entry.name === SUMS) {
      const expected = (await contentOf(entry)).toString('utf8');
      const changed = firstDifference(expected, sums.join(''));
      if (changed !== undefined) throw new BackupFileError(path, `${changed} was changed`);
      complete = true;
      continue;
    }
    const hashed = hashing(entry, sums);
    if (entry.name === MANIFEST) for await (const _ of hashed.chunks);
    else yield hashed;
  }
  if (!complete) throw new BackupFileError(path, `it has no ${SUMS}`);
}

/** A small file of a backup as a whole. */
export async function contentOf({ name, bytes, chunks }: BackupEntry): Promise<Buffer> {
  if (bytes > SMALL_BYTES_MAX) throw new UserError(`${name} has ${bytes} bytes: too many`);
  const pieces: Buffer[] = [];
  for await (const piece of chunks) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** The archive before it is compressed. */
async function* archive(
  manifest: Manifest,
  entries: AsyncIterable<BackupEntry> | Iterable<BackupEntry>,
): AsyncGenerator<Buffer> {
  const at = new Date(manifest.made);
  const sums: string[] = [];
  yield* archived(hashing(entryOf(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`), sums), at);
  for await (const entry of entries) yield* archived(hashing(entry, sums), at);
  yield* archived(entryOf(SUMS, sums.join('')), at);
  yield TAR_END;
}

async function* archived(entry: BackupEntry, at: Date): AsyncGenerator<Buffer> {
  yield tarHeader(entry, at);
  let written = 0;
  for await (const chunk of entry.chunks) {
    written += chunk.length;
    yield chunk;
  }
  if (written !== entry.bytes) {
    throw new UserError(`${entry.name} changed while it was read: try again`);
  }
  yield Buffer.alloc(tarPadding(entry.bytes));
}

/** Every file of an archive, also manifest and checksums. */
async function* readArchive(path: string): AsyncGenerator<BackupEntry> {
  const compressed = createReadStream(path);
  const gunzip = createGunzip();
  compressed.on('error', (error) => gunzip.destroy(error));
  try {
    const stream = new ByteStream(compressed.pipe(gunzip));
    for (;;) {
      const block = await stream.read(BLOCK_BYTES);
      if (block.every((byte) => byte === 0)) {
        await stream.read(BLOCK_BYTES); // the second empty block
        if (await stream.ends()) return;
        throw new BackupFileError(path, 'bytes follow after its end');
      }
      const header = parseTarHeader(block);
      if (header === undefined) throw new BackupFileError(path, 'a header in it is invalid');
      yield { ...header, chunks: stream.take(header.bytes) };
      await stream.read(tarPadding(header.bytes));
    }
  } catch (error) {
    throw toFileError(path, error as NodeJS.ErrnoException);
  } finally {
    compressed.destroy();
    gunzip.destroy();
  }
}

/** The same entry. When it was read, its line is added to the checksums. */
function hashing(entry: BackupEntry, sums: string[]): BackupEntry {
  async function* chunks(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of entry.chunks) {
      hash.update(chunk);
      yield chunk;
    }
    sums.push(`${hash.digest('hex')}  ${entry.name}\n`);
  }
  return { ...entry, chunks: chunks() };
}

/** The name in the first line that differs, if any. */
function firstDifference(expected: string, found: string): string | undefined {
  const lines = found.split('\n');
  const index = expected.split('\n').findIndex((line, number) => line !== lines[number]);
  if (index === -1 && expected === found) return undefined;
  return (lines[index] ?? '').slice(66) || 'the list of its files';
}

function toFileError(path: string, error: NodeJS.ErrnoException): Error {
  if (error instanceof UserError) return error;
  if (error.code === 'ENOENT') return new UserError(`there is no backup ${path}`);
  if (error.syscall !== undefined) return error; // of the disk
  return new BackupFileError(path, error.message);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
