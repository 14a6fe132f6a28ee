const NEWLINE = 0x0a;

const BUFFER_BYTES = 64 * 1024;

/** The longest line possible: the largest batch has 4096 sales of at most 1.5 KB. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;

/** The part of a file handle that reading needs. */
export interface ReadableFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Ends the reading of lines. */
class Stop extends Error {}

/** Reads an append-only file line by line, continuing where it stopped. */
export class LineReader {
  readonly #file: ReadableFile;
  readonly #lineBytesMax: number;
  #buffer: Buffer;
  #offset: number;
  #partialBytes = 0;

  /**
   * @param offset where the first line begins
   * @param bounds the size of one read, and of the longest line
   */
  constructor(
    file: ReadableFile,
    offset = 0,
    { bufferBytes = BUFFER_BYTES, lineBytesMax = LINE_BYTES_MAX } = {},
  ) {
    this.#file = file;
    this.#offset = offset;
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
    this.#lineBytesMax = lineBytesMax;
  }

  /** Where the next line begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes after the last newline: an unfinished line, which its writer may still complete. */
  get partialBytes(): number {
    return this.#partialBytes;
  }

  /**
   * Passes every complete line up to the end of the file, without its newline, with its offset. The
   * bytes are valid during the call only. When `take` throws, the next call begins with that line.
   *
   * @param until stop at this offset, where a line begins
   */
  async readNewLines(
    take: (line: Buffer, offset: number) => void,
    until = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    let held = 0; // bytes of an incomplete line at the beginning of the buffer
    for (;;) {
      const from = this.#offset + held;
      const length = Math.min(this.#buffer.length - held, until - from);
      if (length <= 0) return;
      const { bytesRead } = await this.#file.read(this.#buffer, held, length, from);
      this.#partialBytes = held;
      // Only an empty read is the end. A short read may precede a bad sector: taken for the end, it
      // would cut off the ledger there.
      if (bytesRead === 0) return;
      const filled = this.#buffer.subarray(0, held + bytesRead);
      const end = this.#emitLines(filled, held, take);
      this.#buffer.copyWithin(0, end, filled.length);
      held = filled.length - end;
      if (held === this.#buffer.length) this.#grow();
    }
  }

  /**
   * Passes lines as `readNewLines` does until `take` returns false. The next call begins with that line.
   *
   * @param until stop at this offset, where a line begins
   * @returns whether `take` ended it
   */
  async readWhile(
    take: (line: Buffer, offset: number) => boolean,
    until?: number,
  ): Promise<boolean> {
    try {
      await this.readNewLines((line, offset) => {
        if (!take(line, offset)) throw new Stop();
      }, until);
      return false;
    } catch (error) {
      if (error instanceof Stop) return true;
      throw error;
    }
  }

  #emitLines(bytes: Buffer, seen: number, take: (line: Buffer, offset: number) => void): number {
    const base = this.#offset;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE, seen); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      take(bytes.subarray(start, end), base + start);
      start = end + 1;
      this.#offset = base + start;
    }
    return start;
  }

  #grow(): void {
    if (this.#buffer.length >= this.#lineBytesMax) {
      throw new Error(`no newline within ${this.#lineBytesMax} bytes after byte ${this.#offset}`);
    }
    const larger = Buffer.allocUnsafe(Math.min(this.#buffer.length * 2, this.#lineBytesMax));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

/** Reads the complete line that begins at an offset, or `undefined` if there is none. */
export async function readLineAt(file: ReadableFile, offset: number): Promise<Buffer | undefined> {
  let buffer = Buffer.allocUnsafe(4096);
  for (let filled = 0; ; ) {
    const length = buffer.length - filled;
    const { bytesRead } = await file.read(buffer, filled, length, offset + filled);
    if (bytesRead === 0) return undefined;
    const end = buffer.subarray(0, filled + bytesRead).indexOf(NEWLINE, filled);
    if (end !== -1) return buffer.subarray(0, end);
    filled += bytesRead;
    if (filled < buffer.length) continue;
    if (filled >= LINE_BYTES_MAX) return undefined;
    buffer = Buffer.concat([buffer], filled * 4);
  }
}
