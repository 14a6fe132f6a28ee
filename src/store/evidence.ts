import { open, readFile } from 'node:fs/promises';
import type { SalesHistory } from '../booking/history.js';
import { Tally } from '../verdict/tally.js';
import { parseReceipt } from './receipts.js';
import { parseTickets } from './ticket-file.js';

/** How often both files are read again when one of them changed meanwhile. */
const ATTEMPTS = 3;

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads `tickets.json` and `receipts.jsonl` side by side. It keeps what it counted, so that a second
 * look reads only what was appended since.
 */
export class JsonEvidence {
  readonly #tickets: string;
  readonly #receipts: string;
  readonly #tally = new Tally();
  /** Up to here the receipts are counted; a line begins here. */
  #offset = 0;
  #reading: Promise<SalesHistory> | undefined;

  constructor(ticketsPath: string, receiptsPath: string) {
    this.#tickets = ticketsPath;
    this.#receipts = receiptsPath;
  }

  /** @throws TicketFileError when tickets.json is none, or the error of the file system. */
  read(): Promise<SalesHistory> {
    // One at a time: two would count the same lines twice.
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<SalesHistory> {
    for (let attempt = 1; ; attempt++) {
      const before = await readFile(this.#tickets);
      await this.#count();
      const stood = before.equals(await readFile(this.#tickets)) && (await this.#count()) === 0;
      if (!stood && attempt < ATTEMPTS) continue;
      return this.#tally.against(parseTickets(this.#tickets, before), stood);
    }
  }

  /** Counts what was appended since the last time, and answers how many bytes that was. */
  async #count(): Promise<number> {
    const file = await open(this.#receipts, 'r').catch((error) => {
      if (error.code === 'ENOENT') return undefined; // nothing was ever sold
      throw error;
    });
    if (file === undefined) return 0;
    const from = this.#offset;
    try {
      let rest = Buffer.alloc(0);
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, this.#offset + rest.length);
        if (bytesRead === 0) break;
        rest = this.#countLines(Buffer.concat([rest, chunk.subarray(0, bytesRead)]));
      }
    } finally {
      await file.close();
    }
    return this.#offset - from;
  }

  /** Counts the whole lines, and gives back what follows the last newline: it may yet go on. */
  #countLines(bytes: Buffer): Buffer<ArrayBuffer> {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    for (const line of bytes.toString('utf8', 0, end).split('\n')) {
      if (line === '') continue;
      const receipt = parseReceipt(line);
      if (receipt === undefined) this.#tally.skip();
      else this.#tally.add(receipt);
    }
    this.#offset += end;
    return Buffer.from(bytes.subarray(end));
  }
}
