import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';

/** Lets other writers continue. A test that controls the interleaving passes its own. */
export type YieldControl = () => Promise<void>;

const nextTick: YieldControl = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A disk with one file. It knows which bytes a sync covers; a power cut may lose the others. Control is
 * yielded before and after the effect of every call.
 */
export class MemoryDisk {
  bytes: Buffer;
  synced: number;
  readonly #yieldControl: YieldControl;

  constructor(bytes: Buffer = Buffer.alloc(0), yieldControl: YieldControl = nextTick) {
    this.bytes = bytes;
    this.synced = bytes.length;
    this.#yieldControl = yieldControl;
  }

  /** Opens the file for reading and appending. */
  open(): LedgerFile {
    return {
      read: async (buffer, offset, length, position) => {
        await this.#yieldControl();
        const found = this.bytes.subarray(position, position + length);
        found.copy(buffer, offset);
        return { bytesRead: found.length };
      },
      write: async (bytes) => {
        await this.#yieldControl();
        this.bytes = Buffer.concat([this.bytes, bytes]);
        await this.#yieldControl();
        return { bytesWritten: bytes.length };
      },
      datasync: async () => {
        const { length } = this.bytes;
        await this.#yieldControl();
        this.synced = Math.max(this.synced, length); // bytes written during the sync may be lost
        await this.#yieldControl();
      },
      checkName: () => {},
      close: async () => {},
    };
  }
}

/** A file that does not change, and whose reads do not yield. */
export const staticFile = (bytes: Buffer): Pick<LedgerFile, 'read'> => ({
  read: async (buffer, offset, length, position) => {
    const found = bytes.subarray(position, position + length);
    found.copy(buffer, offset);
    return { bytesRead: found.length };
  },
});
