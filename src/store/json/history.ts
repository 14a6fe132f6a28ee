import { open, readFile } from 'node:fs/promises';
import type { SalesHistory } from '../../booking/history.js';
import { Tally } from '../../verdict/tally.js';
import { LineReader } from '../shared/line-reader.js';
import { parseReceipt } from './receipts.js';
import { parseTickets } from './ticket-file.js';

/** How often both files are read again when one of them changed meanwhile. */
const ATTEMPTS = 3;

/**
 * Reads `tickets.json` and `receipts.jsonl` side by side. It keeps what it counted, so that a second
 * look reads only what was appended since.
 */
export class JsonHistory {
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
    const lines = new LineReader(file, from);
    try {
      await lines.readNewLines((line) => this.#take(line));
    } finally {
      this.#offset = lines.offset;
      await file.close();
    }
    return this.#offset - from;
  }

  #take(line: Buffer): void {
    if (line.length === 0) return; // every receipt begins with a newline of its own
    const receipt = parseReceipt(line.toString('utf8'));
    if (receipt === undefined) this.#tally.skip();
    else this.#tally.add(receipt);
  }
}
