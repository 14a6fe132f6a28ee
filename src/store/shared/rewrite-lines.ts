import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, temporaryName } from './files.js';
import { LineReader } from './line-reader.js';
import { PRIVATE_FILE } from './private-file.js';

/** Bytes that are collected before they are written. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Replaces an append-only file with one whose lines are as long, and begin where they did. No process
 * has it open. A crash leaves the old file or the new one.
 *
 * @param change returns a line of the same length; the bytes it gets are valid during the call only
 * @param verify checks the new file before it takes the place of the old one
 */
export async function rewriteLines(
  path: string,
  change: (line: Buffer, offset: number) => Buffer,
  verify: (file: FileHandle) => Promise<void> = async () => {},
): Promise<void> {
  const temporary = temporaryName(path);
  const [from, to] = [await open(path, 'r'), await open(temporary, 'wx+', PRIVATE_FILE)];
  try {
    await copy(from, to, change);
    await to.sync();
    await verify(to);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

async function copy(
  from: FileHandle,
  to: FileHandle,
  change: (line: Buffer, offset: number) => Buffer,
): Promise<void> {
  const { size } = await from.stat();
  const lines = new LineReader(from);
  // One part of the file at a time, each up to the end of a line.
  for (let until = CHUNK_BYTES; lines.offset < size; until += CHUNK_BYTES) {
    const begin = lines.offset;
    const pieces: Buffer[] = [];
    await lines.readNewLines(
      (line, offset) => {
        const changed = change(line, offset);
        if (changed.length !== line.length) throw new Error(`line at ${offset} changed its length`);
        pieces.push(Buffer.from(changed), NEWLINE);
      },
      Math.min(until, size),
    );
    await to.write(Buffer.concat(pieces), 0, lines.offset - begin, begin);
    if (until >= size) break;
  }
  const partial = Buffer.alloc(size - lines.offset, ' '); // a torn line may contain a name
  await to.write(partial, 0, partial.length, lines.offset);
}

const NEWLINE = Buffer.from('\n');
