import { randomBytes } from 'node:crypto';
import { fstatSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { Fault } from '../../booking/faults.js';
import type { BuyResult, Order, Outcome } from '../../booking/outcomes.js';

/** One sale, as its buyer was told. `commit` is random: lost commits share a version, never this. */
const receipt = z.object({
  commit: z.string(),
  version: z.int(),
  orderId: z.string(),
  eventId: z.string(),
  customer: z.string(),
  quantity: z.int(),
  serials: z.array(z.int().min(1)),
  remaining: z.int(),
  at: z.string(),
  pid: z.int(),
});
export type Receipt = z.infer<typeof receipt>;

/** A whole line that is a receipt, or `undefined` for one that a crash tore. */
export function parseReceipt(line: string): Receipt | undefined {
  try {
    return receipt.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * How far behind its place in an order's id a receipt may lie. With a lock it lies right there;
 * without one, others may append between the look at the file's size and the write.
 */
const FIND_WINDOWS_BYTES = [4 * 1024, 1024 * 1024];

/** Nobody guesses 96 bits. */
const ID_CHANCE_BYTES = 12;

/** `receipts.jsonl`: what buyers were told, one line a sale, only ever appended to. The evidence. */
export class Receipts {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #durable: boolean;

  private constructor(path: string, file: FileHandle, durable: boolean) {
    this.path = path;
    this.#file = file;
    this.#durable = durable;
  }

  /** @param durable whether `sync` waits for the disk */
  static async open(path: string, durable: boolean): Promise<Receipts> {
    return new Receipts(path, await open(path, 'a+'), durable);
  }

  /**
   * Notes the sales among the outcomes of one commit with one write, and gives each an order id:
   * what the buyers are told. Where nothing was sold, nothing is written.
   *
   * An id says where its receipt lies, so that one read finds it, and has 96 bits of chance, so that
   * nobody guesses it.
   *
   * @throws Fault `STORAGE` after a short write: some lines may stand, nobody is told of them
   */
  async note(outcomes: readonly Outcome[]): Promise<BuyResult[]> {
    const commit = randomBytes(9).toString('base64url');
    const at = new Date().toISOString();
    const chance = randomBytes(ID_CHANCE_BYTES * outcomes.length);
    const lines: Buffer[] = [];
    let offset = fstatSync(this.#file.fd).size;
    const results = outcomes.map((outcome, index): BuyResult => {
      if (outcome.kind !== 'sold') return outcome;
      const { kind, ...sale } = outcome;
      const from = index * ID_CHANCE_BYTES;
      const unguessable = chance.toString('base64url', from, from + ID_CHANCE_BYTES);
      const orderId = `${offset.toString(36)}-${unguessable}`;
      const noted = { commit, orderId, ...sale, at, pid: process.pid };
      // A newline before and after: a line that a crash tore cannot swallow this one.
      const line = Buffer.from(`\n${JSON.stringify(noted)}\n`);
      offset += line.length;
      lines.push(line);
      return { ...outcome, orderId };
    });
    if (lines.length > 0) this.#write(Buffer.concat(lines));
    return results;
  }

  /** @throws Fault `SYNC_FAILED`: what the page cache says is no evidence any more */
  async sync(): Promise<void> {
    if (!this.#durable) return;
    await this.#file.datasync().catch((error) => {
      throw new Fault('SYNC_FAILED', 'the receipts were written but not synced', error);
    });
  }

  async find(orderId: string): Promise<Order | undefined> {
    const place = /^([0-9a-z]{1,10})-[\w-]{16}$/.exec(orderId)?.[1];
    if (place === undefined) return undefined;
    for (const window of FIND_WINDOWS_BYTES) {
      const found = await this.#findWithin(window, parseInt(place, 36), orderId);
      if (found !== undefined) return orderOf(found);
    }
    return undefined;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #write(bytes: Buffer): void {
    const bytesWritten = writeSync(this.#file.fd, bytes);
    if (bytesWritten === bytes.length) return;
    throw new Fault('STORAGE', `${this.path} took ${bytesWritten} of ${bytes.length} bytes`);
  }

  async #findWithin(window: number, offset: number, orderId: string): Promise<Receipt | undefined> {
    const buffer = Buffer.alloc(window);
    const { bytesRead } = await this.#file.read(buffer, 0, window, offset);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines
      .filter((line) => line.includes(orderId))
      .map(parseReceipt)
      .find((found) => found?.orderId === orderId);
  }
}

function orderOf({ commit: _commit, at: _at, pid: _pid, ...order }: Receipt): Order {
  return { kind: 'sold', ...order };
}
