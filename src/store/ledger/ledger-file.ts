import { constants, fstatSync, lstatSync, readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../../booking/faults.js';
import type { ReadableFile } from '../shared/line-reader.js';
import { openOwnFile } from '../shared/private-file.js';
import { DamagedLedgerError } from './chain.js';
import { ledgerIn } from './paths.js';

/** How often an open ledger's name is checked, whether or not it is used. */
const WATCH_MS = 100;

/** A file that is open for reading and appending. */
export interface LedgerFile extends ReadableFile {
  /** Appends with one call, which may write less than all. */
  write(bytes: Buffer): Promise<unknown>;
  datasync(): Promise<void>;
  /**
   * Checks that the file's name still leads to this open file, and that all bytes are in it that were
   * read or written here. What is in another file, or was cut off, is gone after a restart.
   *
   * @throws DamagedLedgerError if not; the error of the file system if that cannot be known
   */
  checkName(): void;
  close(): Promise<void>;
}

const advice = 'put the ledger back, or restore the folder, then run npm run ledger -- check';

/** `ledger.jsonl`, open for selling. */
export class OpenLedgerFile implements LedgerFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  /** The device and the inode: what a file is, whatever its name. Numbers would round large ones. */
  readonly #device: bigint;
  readonly #inode: bigint;
  /** The file is at least this long. */
  #bytes = 0;
  #damage: DamagedLedgerError | undefined;
  #watch: NodeJS.Timeout | undefined;
  /**
   * For the newest lines, which are in the page cache: reads are synchronous, as writes are. They
   * take microseconds; a thread's answer would wait for the event loop while the lock is held.
   */
  readonly tail: ReadableFile = {
    read: async (buffer, offset, length, position) => {
      const bytesRead = readSync(this.#handle.fd, buffer, offset, length, position);
      this.#seen(position, bytesRead);
      return { bytesRead };
    },
  };

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
    const { dev, ino } = fstatSync(handle.fd, { bigint: true });
    this.#device = dev;
    this.#inode = ino;
  }

  static async open(folder: string): Promise<OpenLedgerFile> {
    const path = ledgerIn(folder);
    // Not 'a+', which would create an empty ledger.
    return new OpenLedgerFile(path, await openOwnFile(path, constants.O_RDWR | constants.O_APPEND));
  }

  /** Reads on a thread: old lines may have to come from the disk. */
  async read(...args: Parameters<ReadableFile['read']>): ReturnType<ReadableFile['read']> {
    const [, , , position] = args;
    const result = await this.#handle.read(...args);
    this.#seen(position, result.bytesRead);
    return result;
  }

  /** @throws DamagedLedgerError after `checkName` has once thrown it */
  async write(bytes: Buffer): Promise<void> {
    if (this.#damage !== undefined) throw this.#damage;
    // Not where the write ended: a file that was cut before it may be as long again after it.
    this.#bytes += writeSync(this.#handle.fd, bytes);
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  /** @throws DamagedLedgerError and from then on always: another process may sell from the other file */
  checkName(): void {
    this.#damage ??= this.#findDamage();
    if (this.#damage !== undefined) throw this.#damage;
  }

  /**
   * Checks the name regularly until the file is closed. A worker that sells nothing must notice too: it
   * may be the only one that knows how long the file was.
   */
  watchName(onFault: (fault: Fault) => void): void {
    this.#watch ??= setInterval(() => {
      try {
        this.checkName();
      } catch (error) {
        if (this.#damage !== undefined) clearInterval(this.#watch);
        onFault(Fault.from(error));
      }
    }, WATCH_MS).unref();
  }

  close(): Promise<void> {
    clearInterval(this.#watch);
    return this.#handle.close();
  }

  #findDamage(): DamagedLedgerError | undefined {
    const named = lstatSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (named === undefined) {
      return new DamagedLedgerError(0, `${this.#path} is gone while it is sold from: ${advice}`);
    }
    if (named.ino !== this.#inode || named.dev !== this.#device) {
      const reason = `${this.#path} was replaced while it is sold from, and may lack sales: ${advice}`;
      return new DamagedLedgerError(0, reason);
    }
    const size = Number(named.size);
    if (size < this.#bytes) {
      const reason = `it was cut off there while it is sold from, and had ${this.#bytes} bytes: ${advice}`;
      return new DamagedLedgerError(size, reason);
    }
    this.#bytes = size;
    return undefined;
  }

  #seen(position: number, bytesRead: number): void {
    if (bytesRead > 0) this.#bytes = Math.max(this.#bytes, position + bytesRead);
  }
}
