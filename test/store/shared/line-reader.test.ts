import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LineReader,
  type ReadableFile,
  readLineAt,
} from '../../../src/store/shared/line-reader.js';
import { staticFile } from '../ledger/memory-disk.js';

/** Reads the new lines, and returns their text and offsets. */
async function readLines(reader: LineReader, until?: number): Promise<[string, number][]> {
  const lines: [string, number][] = [];
  await reader.readNewLines((line, offset) => {
    lines.push([line.toString('latin1'), offset]);
  }, until);
  return lines;
}

/** The reference: the complete lines of a text, and their offsets. */
function completeLines(text: string): [string, number][] {
  let offset = 0;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const begin = offset;
      offset += line.length + 1;
      return [line, begin];
    });
}

/** A file with short reads, as they may happen before a bad sector. */
const shortReads = (bytes: Buffer, lengths: readonly number[]): ReadableFile => {
  let call = 0;
  const file = staticFile(bytes);
  return {
    read: (buffer, offset, length, position) =>
      file.read(buffer, offset, Math.min(length, lengths[call++ % lengths.length] ?? 1), position),
  };
};

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 200 });
const sizes = fc.integer({ min: 1, max: 40 });

describe('line reader', () => {
  test('passes every complete line, across buffer edges and short reads', async () => {
    const lengths = fc.array(sizes, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, sizes, lengths, async (text, bufferBytes, short) => {
        const file = shortReads(Buffer.from(text), short);
        const reader = new LineReader(file, 0, { bufferBytes });
        expect(await readLines(reader)).toEqual(completeLines(text));
        expect(reader.partialBytes).toBe(text.length - text.lastIndexOf('\n') - 1);
        expect(await readLines(reader)).toEqual([]);
      }),
    );
  });

  test('continues as the file grows, and passes no line without its newline', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 6 }), sizes, async (appended, bufferBytes) => {
        let bytes: Buffer = Buffer.alloc(0);
        const file: ReadableFile = {
          read: (...range) => staticFile(bytes).read(...range),
        };
        const reader = new LineReader(file, 0, { bufferBytes });
        const seen: [string, number][] = [];
        for (const part of appended) {
          bytes = Buffer.concat([bytes, Buffer.from(part)]);
          seen.push(...(await readLines(reader)));
          const text = bytes.toString();
          expect(seen).toEqual(completeLines(text));
          expect(reader.offset).toBe(text.lastIndexOf('\n') + 1);
        }
      }),
    );
  });

  test('stops at `until`, even within a line', async () => {
    const file = staticFile(Buffer.from('one\ntwo\nthree\n'));
    const reader = new LineReader(file);
    expect(await readLines(reader, 4)).toEqual([['one', 0]]);
    expect(await readLines(reader, 4)).toEqual([]);
    expect(await readLines(reader, 10)).toEqual([['two', 4]]);
    expect(await readLines(reader)).toEqual([['three', 8]]);
  });

  test('begins with the same line again after `take` threw', async () => {
    const reader = new LineReader(staticFile(Buffer.from('one\ntwo\nthree\n')));
    const reading = reader.readNewLines((line) => {
      if (line.toString() === 'two') throw new Error('not this one');
    });
    await expect(reading).rejects.toThrow('not this one');
    expect(reader.offset).toBe(4);
    expect(await readLines(reader)).toEqual([
      ['two', 4],
      ['three', 8],
    ]);
  });

  test('says whether `take` ended it, and begins with the refused line again', async () => {
    const reader = new LineReader(staticFile(Buffer.from('one\ntwo\nthree\n')));
    const taken: string[] = [];
    const takeTwo = (line: Buffer) => taken.length < 2 && taken.push(line.toString()) > 0;
    expect(await reader.readWhile(takeTwo)).toBe(true);
    expect(taken).toEqual(['one', 'two']);
    expect(reader.offset).toBe(8);
    expect(await reader.readWhile((line) => taken.push(line.toString()) > 0)).toBe(false);
    expect(taken).toEqual(['one', 'two', 'three']);
  });

  test('does not mistake a bad sector for the end of the file', async () => {
    const readable = staticFile(Buffer.from('one\ntwo\n'));
    const reader = new LineReader({
      read: async (buffer, offset, length, position) => {
        if (position >= 6) throw new Error('EIO');
        return readable.read(buffer, offset, Math.min(length, 6 - position), position);
      },
    });
    await expect(readLines(reader)).rejects.toThrow('EIO');
    expect(reader.offset).toBe(4);
  });

  test('rejects a line longer than its limit', async () => {
    const bounds = { bufferBytes: 4, lineBytesMax: 16 };
    const longest = `${'x'.repeat(15)}\n`;
    expect(
      await readLines(new LineReader(staticFile(Buffer.from(longest)), 0, bounds)),
    ).toHaveLength(1);
    const tooLong = new LineReader(staticFile(Buffer.from(`ok\nx${longest}`)), 0, bounds);
    await expect(readLines(tooLong)).rejects.toThrow('no newline within 16 bytes after byte 3');
  });
});

describe('readLineAt', () => {
  test('returns the complete line at an offset, of any length', async () => {
    const long = 'x'.repeat(100_000);
    const file = shortReads(Buffer.from(`one\n${long}\nopen`), [100_000, 7, 4096]);
    expect((await readLineAt(file, 0))?.toString()).toBe('one');
    expect((await readLineAt(file, 4))?.length).toBe(long.length);
    for (const offset of [4 + long.length + 1, 200_000]) {
      expect(await readLineAt(file, offset)).toBeUndefined();
    }
  });
});
