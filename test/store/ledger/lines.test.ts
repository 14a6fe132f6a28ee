import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LineReader,
  type ReadableFile,
  readLineAt,
} from '../../../src/store/shared/line-reader.js';
import { still } from './memory-disk.js';

/** Reads on, and answers the lines as text, each with its offset. */
async function linesOf(reader: LineReader, until?: number): Promise<[string, number][]> {
  const lines: [string, number][] = [];
  await reader.readNewLines((line, offset) => {
    lines.push([line.toString('latin1'), offset]);
  }, until);
  return lines;
}

/** The whole lines of a text, the slow way. */
function expected(text: string): [string, number][] {
  let offset = 0;
  const dependencies = text.split('\n').slice(0, -1);
  return dependencies.map((line) => {
    const at = offset;
    offset += line.length + 1;
    return [line, at];
  });
}

/** A file whose reads stop short now and then, as they may before a bad sector. */
const shortReads = (bytes: Buffer, lengths: readonly number[]): ReadableFile => {
  let call = 0;
  const file = still(bytes);
  return {
    read: (buffer, offset, length, position) =>
      file.read(buffer, offset, Math.min(length, lengths[call++ % lengths.length] ?? 1), position),
  };
};

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 200 });
const sizes = fc.integer({ min: 1, max: 40 });

describe('a line reader', () => {
  test('hands on every whole line, over any edge of its buffer and any short read', async () => {
    const lengths = fc.array(sizes, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, sizes, lengths, async (text, bufferBytes, short) => {
        const file = shortReads(Buffer.from(text), short);
        const reader = new LineReader(file, 0, { bufferBytes });
        expect(await linesOf(reader)).toEqual(expected(text));
        expect(reader.partialBytes).toBe(text.length - text.lastIndexOf('\n') - 1);
        expect(await linesOf(reader)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('reads on as the file grows, and makes no line of what has no newline yet', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(texts, { maxLength: 6 }),
        sizes,
        async (dependencies, bufferBytes) => {
          let bytes: Buffer = Buffer.alloc(0);
          const file: ReadableFile = {
            read: (...range) => still(bytes).read(...range),
          };
          const reader = new LineReader(file, 0, { bufferBytes });
          const seen: [string, number][] = [];
          for (const part of dependencies) {
            bytes = Buffer.concat([bytes, Buffer.from(part)]);
            seen.push(...(await linesOf(reader)));
            const text = bytes.toString();
            expect(seen).toEqual(expected(text));
            expect(reader.offset).toBe(text.lastIndexOf('\n') + 1);
          }
        },
      ),
    );
  });

  test('stops where it is told to, on a line’s edge or not', async () => {
    const file = still(Buffer.from('one\ntwo\nthree\n'));
    const reader = new LineReader(file);
    expect(await linesOf(reader, 4)).toEqual([['one', 0]]);
    expect(await linesOf(reader, 4)).toEqual([]);
    expect(await linesOf(reader, 10)).toEqual([['two', 4]]);
    expect(await linesOf(reader)).toEqual([['three', 8]]);
  });

  test('begins with the same line again when it could not be taken', async () => {
    const reader = new LineReader(still(Buffer.from('one\ntwo\nthree\n')));
    const refuse = reader.readNewLines((line) => {
      if (line.toString() === 'two') throw new Error('not this one');
    });
    await expect(refuse).rejects.toThrow('not this one');
    expect(reader.offset).toBe(4);
    expect(await linesOf(reader)).toEqual([
      ['two', 4],
      ['three', 8],
    ]);
  });

  test('does not take a bad sector for the end of the file', async () => {
    const good = still(Buffer.from('one\ntwo\n'));
    const reader = new LineReader({
      read: async (buffer, offset, length, position) => {
        if (position >= 6) throw new Error('EIO');
        return good.read(buffer, offset, Math.min(length, 6 - position), position);
      },
    });
    await expect(linesOf(reader)).rejects.toThrow('EIO');
    expect(reader.offset).toBe(4);
  });

  test('has a bound for what has no newline', async () => {
    const bounds = { bufferBytes: 4, lineBytesMax: 16 };
    const longest = `${'x'.repeat(15)}\n`;
    expect(await linesOf(new LineReader(still(Buffer.from(longest)), 0, bounds))).toHaveLength(1);
    const tooLong = new LineReader(still(Buffer.from(`ok\nx${longest}`)), 0, bounds);
    await expect(linesOf(tooLong)).rejects.toThrow('no newline within 16 bytes after byte 3');
  });
});

describe('a line read on its own', () => {
  test('is the one that begins there, however long', async () => {
    const long = 'x'.repeat(100_000);
    const file = shortReads(Buffer.from(`one\n${long}\nopen`), [100_000, 7, 4096]);
    expect((await readLineAt(file, 0))?.toString()).toBe('one');
    expect((await readLineAt(file, 4))?.length).toBe(long.length);
    for (const nowhere of [4 + long.length + 1, 200_000]) {
      expect(await readLineAt(file, nowhere)).toBeUndefined();
    }
  });
});
