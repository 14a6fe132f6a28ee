import { constants, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ReadableFile } from '../shared/line-reader.js';
import { ledgerIn } from './paths.js';

/** What the store needs of its file: one that is open to read and to append. */
export interface LedgerFile extends ReadableFile {
  /** Appends with one call, which may fall short. */
  write(bytes: Buffer): Promise<unknown>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** `ledger.jsonl`, open to sell from. */
export class OpenLedgerFile implements LedgerFile {
  readonly #handle: FileHandle;
  /**
   * The newest lines, which others wrote just now. They are read at once, as a line is written at
   * once: the page cache takes microseconds. A thread would answer when the event loop comes round
   * to it, milliseconds later under load, and all that time the lock is held.
   */
  readonly tail: ReadableFile = {
    read: async (buffer, offset, length, position) => ({
      bytesRead: readSync(this.#handle.fd, buffer, offset, length, position),
    }),
  };

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(folder: string): Promise<OpenLedgerFile> {
    // Not 'a+': that would make an empty ledger where there is none.
    return new OpenLedgerFile(await open(ledgerIn(folder), constants.O_RDWR | constants.O_APPEND));
  }

  /** Reads from anywhere: what is old lies on the disk, so a thread waits for it. */
  read(...where: Parameters<ReadableFile['read']>): ReturnType<ReadableFile['read']> {
    return this.#handle.read(...where);
  }

  async write(bytes: Buffer): Promise<unknown> {
    return writeSync(this.#handle.fd, bytes);
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
