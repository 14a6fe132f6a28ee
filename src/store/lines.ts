import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 0x0a;

const BUFFER_BYTES = 64 * 1024;

/** No line of ours is longer: the largest batch has 4096 sales of at most 1.5 KB. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;

/** Reads a file that others append to, line by line, on from where it stopped. */
export class LineReader {
  readonly #file: Pick<FileHandle, 'read'>;
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #offset: number;
  #unfinished = 0;

  /** @param offset where the first line begins */
  constructor(file: Pick<FileHandle, 'read'>, offset = 0) {
    this.#file = file;
    this.#offset = offset;
  }

  /** Where the next line begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes after the last newline that was seen: they may yet go on, so no line is made of them. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /**
   * Hands on every whole line up to the end of the file, without its newline, and where it begins.
   * The bytes are lent for the call only. When `take` throws, the next call begins with that line.
   *
   * @param until stop at this offset, where a line begins
   */
  async readOn(
    take: (line: Buffer, offset: number) => void,
    until = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    while (this.#offset < until) {
      const length = Math.min(this.#buffer.length, until - this.#offset);
      const { bytesRead } = await this.#file.read(this.#buffer, 0, length, this.#offset);
      const end = this.#handOn(this.#buffer.subarray(0, bytesRead), take);
      this.#unfinished = bytesRead - end;
      if (bytesRead < length) return;
      if (end === 0) this.#grow();
    }
  }

  #handOn(bytes: Buffer, take: (line: Buffer, offset: number) => void): number {
    const base = this.#offset;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      take(bytes.subarray(start, end), base + start);
      start = end + 1;
      this.#offset = base + start;
    }
    return start;
  }

  #grow(): void {
    if (this.#buffer.length >= LINE_BYTES_MAX) {
      throw new Error(`no newline within ${LINE_BYTES_MAX} bytes after byte ${this.#offset}`);
    }
    this.#buffer = Buffer.allocUnsafe(this.#buffer.length * 2);
  }
}

/** Reads the whole line that begins at an offset, or answers `undefined` if there is none. */
export async function readLineAt(
  file: Pick<FileHandle, 'read'>,
  offset: number,
): Promise<Buffer | undefined> {
  for (let size = 4096; size <= LINE_BYTES_MAX; size *= 4) {
    const buffer = Buffer.allocUnsafe(size);
    const { bytesRead } = await file.read(buffer, 0, size, offset);
    const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
    if (end !== -1) return buffer.subarray(0, end);
    if (bytesRead < size) return undefined;
  }
  return undefined;
}
