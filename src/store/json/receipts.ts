import { randomBytes } from 'node:crypto';
import { fstatSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { Fault } from '../../booking/faults.js';
import { type BuyResult, ERASED, type Order, type Outcome } from '../../booking/outcomes.js';
import type { Sale } from '../../booking/store.js';
import { PRIVATE_FILE } from '../shared/files.js';

/** One sale as its buyer was answered. `commit` is random, so that a lost commit still differs. */
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

/** Parses a line, or returns `undefined` for one that a crash tore. */
export function parseReceipt(line: string): Receipt | undefined {
  try {
    return receipt.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * How far behind the offset in its order id a receipt may be. Under a lock it is right there; without
 * one, other processes may append between our look at the file size and our write.
 */
const FIND_WINDOWS_BYTES = [4 * 1024, 1024 * 1024];

/** 96 random bits make an order id unguessable. */
const ID_RANDOM_BYTES = 12;

const alreadyDurable = Promise.resolve();

/** `receipts.jsonl`: what buyers were answered, one line per sale, append-only. */
export class Receipts {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #durable: boolean;

  private constructor(path: string, file: FileHandle, durable: boolean) {
    this.path = path;
    this.#file = file;
    this.#durable = durable;
  }

  /** @param durable whether sales wait for the disk */
  static async open(path: string, durable: boolean): Promise<Receipts> {
    return new Receipts(path, await open(path, 'a+', PRIVATE_FILE), durable);
  }

  /**
   * Appends the sales among the outcomes of one commit with one write, and gives each an order id.
   * If nothing was sold, nothing is written. The returned sale is durable after a sync.
   *
   * @throws Fault `STORAGE` after a short write: some lines may remain, but no buyer is answered
   */
  async append(outcomes: readonly Outcome[]): Promise<Sale> {
    const { results, lines } = this.#toReceipts(outcomes);
    if (lines.length === 0) return { results, durable: alreadyDurable };
    this.#write(Buffer.concat(lines));
    return { results, durable: this.#sync() };
  }

  /** The order with this id, or `undefined`. The id contains the offset, so one read finds it. */
  async find(orderId: string): Promise<Order | undefined> {
    const offset = /^([0-9a-z]{1,10})-[\w-]{16}$/.exec(orderId)?.[1];
    if (offset === undefined) return undefined;
    for (const window of FIND_WINDOWS_BYTES) {
      const found = await this.#findWithin(window, parseInt(offset, 36), orderId);
      if (found !== undefined) return toOrder(found);
    }
    return undefined;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #toReceipts(outcomes: readonly Outcome[]): { results: BuyResult[]; lines: Buffer[] } {
    const commit = randomBytes(9).toString('base64url');
    const at = new Date().toISOString();
    const random = randomBytes(ID_RANDOM_BYTES * outcomes.length);
    const lines: Buffer[] = [];
    let offset = fstatSync(this.#file.fd).size;
    const results = outcomes.map((outcome, index): BuyResult => {
      if (outcome.kind !== 'sold') return outcome;
      const { kind: _kind, ...sale } = outcome;
      const from = index * ID_RANDOM_BYTES;
      const unguessable = random.toString('base64url', from, from + ID_RANDOM_BYTES);
      const orderId = `${offset.toString(36)}-${unguessable}`;
      const fields = { commit, orderId, ...sale, at, pid: process.pid };
      // A newline before and after: a line that a crash tore cannot swallow this one.
      const line = Buffer.from(`\n${JSON.stringify(fields)}\n`);
      offset += line.length;
      lines.push(line);
      return { ...outcome, orderId };
    });
    return { results, lines };
  }

  #write(bytes: Buffer): void {
    const bytesWritten = writeSync(this.#file.fd, bytes);
    if (bytesWritten === bytes.length) return;
    throw new Fault('STORAGE', `${this.path} took ${bytesWritten} of ${bytes.length} bytes`);
  }

  /** @throws Fault `SYNC_FAILED`: the page cache may no longer match the disk */
  async #sync(): Promise<void> {
    if (!this.#durable) return;
    await this.#file.datasync().catch((error) => {
      throw new Fault('SYNC_FAILED', 'the receipts were written but not synced', error);
    });
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

function toOrder({ commit: _commit, at: _at, pid: _pid, ...order }: Receipt): Order {
  return { kind: 'sold', ...order, customer: order.customer || ERASED };
}

/** The line of a receipt without the name, and as long as before. */
export function eraseName(line: Buffer, { customer }: Pick<Receipt, 'customer'>): Buffer {
  const name = Buffer.from(JSON.stringify(customer));
  const member = Buffer.concat([Buffer.from('"customer":'), name]);
  // Inside a string the quotes would be escaped, so these bytes are nowhere else in the line.
  const begin = line.indexOf(member) + member.length - name.length;
  const erased = Buffer.from(line);
  erased.fill(' ', begin, begin + name.length).write('""', begin);
  return erased;
}
