import { randomBytes } from 'node:crypto';
import { constants, fstatSync, readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Fault } from '../../booking/faults.js';
import type { Order, Outcome, Result } from '../../booking/outcomes.js';
import type { Sale } from '../../booking/store.js';
import { type FileIdentity, isSameFile, statName } from '../../lock/same-file.js';
import { BufferPool } from '../shared/buffer-pool.js';
import { type ReadableFile, readLineAt } from '../shared/line-reader.js';
import { openOwnFile } from '../shared/private-file.js';
import { markDamaged } from './damage.js';
import {
  isRecorded,
  parseReceipt,
  parseReceiptLine,
  printReceiptLine,
  type Receipt,
  type ReceiptLine,
  type Recorded,
  toOrder,
} from './receipt-lines.js';

/**
 * How far behind the offset in its order id a receipt may be. Under a lock it is right there; without
 * one, other processes may append between our look at the file size and our write.
 */
const FIND_WINDOWS_BYTES = [4 * 1024, 1024 * 1024] as const;

/** Longer than any line: of what others appended, only the end is read. */
const TAIL_BYTES = 16 * 1024;

/** Searches of one process at once; more would take all threads that sales need for their syncs. */
const FINDS_MAX = 2;

/** 96 random bits make an order id unguessable. */
const ID_RANDOM_BYTES = 12;

const alreadyDurable = Promise.resolve();

/** `receipts.jsonl`: what clients were answered, one line for everything done, append-only. */
export class Receipts {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #durable: boolean;
  readonly #finds = new BufferPool(FINDS_MAX, FIND_WINDOWS_BYTES[1]);
  readonly #identity: FileIdentity;
  /** The file was at least this long. */
  #size: number;
  /** The highest version on record, and how much of the file was looked at for it. */
  #newest = { version: 0, end: 0 };
  #writeFailed = false;

  private constructor(path: string, file: FileHandle, durable: boolean) {
    this.path = path;
    this.#file = file;
    this.#durable = durable;
    const { dev, ino, size } = fstatSync(file.fd);
    this.#identity = { dev, ino };
    this.#size = size;
  }

  /**
   * Opens the file, and creates it if there is none.
   *
   * @param durable whether sales wait for the disk
   * @throws LinkError if the name is a link
   */
  static async open(path: string, durable: boolean): Promise<Receipts> {
    const { O_RDWR, O_APPEND, O_CREAT } = constants;
    return new Receipts(path, await openOwnFile(path, O_RDWR | O_APPEND | O_CREAT), durable);
  }

  /**
   * Checks that what is appended will be found again: that the open file is the one that has the name,
   * and has lost nothing.
   *
   * @returns the size of the file, in bytes
   * @throws DamagedFolderError if not; the error of the file system if nothing can be appended
   */
  assertWhole(): number {
    const found = statName(this.path);
    if (!isSameFile(found, this.#identity)) {
      throw this.#damaged(`was ${found === undefined ? 'removed' : 'replaced by another file'}`);
    }
    const { size } = found as { size: number };
    if (size < this.#size) throw this.#damaged(`was cut from ${this.#size} to ${size} bytes`);
    this.#size = size;
    if (this.#writeFailed) this.#tryToAppend();
    return size;
  }

  /**
   * The highest version on record. Under a lock that keeps all other writers out the versions grow, so
   * the last receipt has it.
   *
   * @throws DamagedFolderError like `assertWhole`
   */
  newestVersion(): number {
    const size = this.assertWhole();
    if (size > this.#newest.end) {
      const version = lastVersion(this.#readTail(size - this.#newest.end, size));
      this.#newest = { version: Math.max(version, this.#newest.version), end: size };
    }
    return this.#newest.version;
  }

  /**
   * Appends what one commit did with one write, and gives each sale an order id. If nothing was done,
   * nothing is written. What is returned is durable after a sync.
   *
   * @param at the time of the commit
   * @throws Fault `STORAGE` after a short write: some lines may remain, but no client is answered
   */
  async append(outcomes: readonly Outcome[], at: string): Promise<Sale> {
    const { results, lines } = this.#toLines(outcomes, at);
    if (lines.length === 0) return { results, durable: alreadyDurable };
    this.#write(Buffer.concat(lines));
    return { results, durable: this.sync() };
  }

  /** What the line at an offset says, or `undefined`. */
  async lineAt(offset: number): Promise<ReceiptLine | undefined> {
    const line = await readLineAt(this.file, offset);
    return line && parseReceiptLine(line.toString('utf8'));
  }

  /**
   * The order with this id, or `undefined`. The id contains the offset, so one read finds it. A made-up id
   * takes a second, larger one. All searches share the buffers, so their memory is bounded.
   */
  async find(orderId: string): Promise<Order | undefined> {
    const offset = /^([0-9a-z]{1,10})-[\w-]{16}$/.exec(orderId)?.[1];
    if (offset === undefined) return undefined;
    const from = parseInt(offset, 36);
    const found = await this.#finds.run((buffer) => this.#findFrom(from, orderId, buffer));
    if (found === undefined) this.assertWhole(); // the order may have been cut off
    return found === undefined ? undefined : toOrder(found);
  }

  /** The file, for reading. */
  get file(): ReadableFile {
    return this.#file;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #toLines(outcomes: readonly Outcome[], at: string): { results: Result[]; lines: Buffer[] } {
    const commit = randomBytes(9).toString('base64url');
    const random = randomBytes(ID_RANDOM_BYTES * outcomes.length);
    const lines: Buffer[] = [];
    let offset = this.assertWhole();
    const results = outcomes.map((outcome, index): Result => {
      if (!isRecorded(outcome)) return outcome;
      const from = index * ID_RANDOM_BYTES;
      const unguessable = random.toString('base64url', from, from + ID_RANDOM_BYTES);
      const orderId = `${offset.toString(36)}-${unguessable}`;
      const isSale = outcome.kind === 'sold';
      const line = printReceiptLine(outcome, { commit, at, ...(isSale && { orderId }) });
      offset += line.length;
      lines.push(line);
      const result = withoutKey(outcome);
      return isSale ? ({ ...result, orderId } as Order) : (result as Result);
    });
    return { results, lines };
  }

  #damaged(what: string): Error {
    const damage = `${basename(this.path)} ${what} while a server sold, so sales may be missing`;
    return markDamaged(dirname(this.path), damage);
  }

  /**
   * With too little space for receipts there may still be enough for the smaller ticket file: every batch
   * would take tickets off sale and sell none. An empty line shows that there is space again.
   */
  #tryToAppend(): void {
    writeSync(this.#file.fd, '\n');
    this.#writeFailed = false;
  }

  #readTail(bytes: number, end: number): Buffer {
    const tail = Buffer.allocUnsafe(Math.min(bytes, TAIL_BYTES));
    const bytesRead = readSync(this.#file.fd, tail, 0, tail.length, end - tail.length);
    return tail.subarray(0, bytesRead);
  }

  #write(bytes: Buffer): void {
    this.#writeFailed = true;
    const bytesWritten = writeSync(this.#file.fd, bytes);
    this.#writeFailed = bytesWritten < bytes.length;
    this.#size += bytesWritten;
    if (!this.#writeFailed) return;
    throw new Fault('STORAGE', `${this.path} took ${bytesWritten} of ${bytes.length} bytes`);
  }

  /**
   * Resolves when everything that was appended is durable.
   *
   * @throws Fault `SYNC_FAILED`: the page cache may no longer match the disk
   */
  async sync(): Promise<void> {
    if (!this.#durable) return;
    await this.#file.datasync().catch((error) => {
      throw new Fault('SYNC_FAILED', 'the receipts were written but not synced', error);
    });
  }

  async #findFrom(offset: number, orderId: string, buffer: Buffer): Promise<Receipt | undefined> {
    for (const window of FIND_WINDOWS_BYTES) {
      const { bytesRead } = await this.#file.read(buffer, 0, window, offset);
      const found = findReceipt(buffer.subarray(0, bytesRead), orderId);
      if (found !== undefined || bytesRead < window) return found;
    }
    return undefined;
  }
}

/** What a client is answered: the key is its own. */
function withoutKey(outcome: Recorded): object {
  if (!('key' in outcome)) return outcome;
  const { key: _, ...result } = outcome;
  return result;
}

/** The version of the last whole receipt in these bytes, or 0. */
function lastVersion(bytes: Buffer): number {
  const lines = bytes.toString('utf8').split('\n');
  for (const line of lines.reverse()) {
    const found = line === '' ? undefined : parseReceiptLine(line);
    if (found !== undefined) return found.version;
  }
  return 0;
}

/** The receipt with this id. Only a line that contains the id is parsed. */
function findReceipt(bytes: Buffer, orderId: string): Receipt | undefined {
  for (let at = bytes.indexOf(orderId); at >= 0; at = bytes.indexOf(orderId, at + 1)) {
    const end = bytes.indexOf('\n', at);
    const line = bytes.subarray(bytes.lastIndexOf('\n', at) + 1, end < 0 ? bytes.length : end);
    const found = parseReceipt(line.toString('utf8'));
    if (found?.orderId === orderId) return found;
  }
  return undefined;
}
