import { constants, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ReadableFile } from '../shared/line-reader.js';
import { ledgerIn } from './paths.js';

/** A file that is open for reading and appending. */
export interface LedgerFile extends ReadableFile {
  /** Appends with one call, which may write less than all. */
  write(bytes: Buffer): Promise<unknown>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** `ledger.jsonl`, open for selling. */
export class OpenLedgerFile implements LedgerFile {
  readonly #handle: FileHandle;
  /**
   * For the newest lines, which are in the page cache: reads are synchronous, as writes are. They
   * take microseconds; a thread's answer would wait for the event loop while the lock is held.
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
    // Not 'a+', which would create an empty ledger.
    return new OpenLedgerFile(await open(ledgerIn(folder), constants.O_RDWR | constants.O_APPEND));
  }

  /** Reads on a thread: old lines may have to come from the disk. */
  read(...args: Parameters<ReadableFile['read']>): ReturnType<ReadableFile['read']> {
    return this.#handle.read(...args);
  }

  async write(bytes: Buffer): Promise<void> {
    writeSync(this.#handle.fd, bytes);
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
