import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';

/** Lets others act. A test that decides who is next hands in its own. */
export type Batch = () => Promise<void>;

const nextTick: Batch = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A disk with one file. It knows which bytes a sync has covered; the rest is what a power cut may
 * take. Between every call, its effect and its answer others have a turn.
 */
export class MemoryDisk {
  bytes: Buffer;
  synced: number;
  readonly #runBatch: Batch;

  constructor(bytes: Buffer = Buffer.alloc(0), batch: Batch = nextTick) {
    this.bytes = bytes;
    this.synced = bytes.length;
    this.#runBatch = batch;
  }

  /** A handle that reads and appends. */
  open(): LedgerFile {
    return {
      read: async (buffer, offset, length, position) => {
        await this.#runBatch();
        const found = this.bytes.subarray(position, position + length);
        found.copy(buffer, offset);
        return { bytesRead: found.length };
      },
      write: async (bytes) => {
        await this.#runBatch();
        this.bytes = Buffer.concat([this.bytes, bytes]);
        await this.#runBatch();
        return { bytesWritten: bytes.length };
      },
      datasync: async () => {
        const { length } = this.bytes;
        await this.#runBatch();
        this.synced = Math.max(this.synced, length); // what was written since may be lost
        await this.#runBatch();
      },
      close: async () => {},
    };
  }
}

/** A file that stands still. Whoever reads it need not wait. */
export const still = (bytes: Buffer): Pick<LedgerFile, 'read'> => ({
  read: async (buffer, offset, length, position) => {
    const found = bytes.subarray(position, position + length);
    found.copy(buffer, offset);
    return { bytesRead: found.length };
  },
});
