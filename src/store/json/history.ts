import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TicketState } from '../../booking/inventory.js';
import type { SalesHistory } from '../../booking/store.js';
import type { Lifecycle } from '../../verdict/lifecycle.js';
import { Tally } from '../../verdict/tally.js';
import { ifExists } from '../shared/if-exists.js';
import { LineReader } from '../shared/line-reader.js';
import { parseTickets } from '../shared/tickets-json.js';
import { findDamage } from './damage.js';
import { parseReceiptLine, type ReceiptLine } from './receipt-lines.js';

/** How often to read both files again when one of them changed during the reading. */
const ATTEMPTS = 3;

/**
 * Counts the sales in `receipts.jsonl` and compares them with `tickets.json`. It keeps its counts, so
 * that the next call reads only what was appended since.
 */
export class JsonHistory {
  readonly #tickets: string;
  readonly #receipts: string;
  readonly #tally = new Tally();
  /** The receipts are counted up to here; a line begins here. */
  #offset = 0;
  #reading: Promise<SalesHistory> | undefined;
  #parsed: { readonly bytes: Buffer; readonly state: TicketState } | undefined;

  constructor(ticketsPath: string, receiptsPath: string) {
    this.#tickets = ticketsPath;
    this.#receipts = receiptsPath;
  }

  /** @throws TicketFileError when tickets.json is not valid, or the error of the file system */
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
      await this.#countNew();
      const settled =
        before.equals(await readFile(this.#tickets)) && (await this.#countNew()) === 0;
      if (!settled && attempt < ATTEMPTS) continue;
      const state = this.#parse(before);
      return {
        ...this.#tally.toHistory(state, settled),
        ...this.#tally.versionsUpTo(state.version),
        damage: await findDamage(dirname(this.#tickets), state.version),
      };
    }
  }

  /** Parses the tickets, unless they are the same bytes as at the last call. */
  #parse(bytes: Buffer): TicketState {
    if (this.#parsed?.bytes.equals(bytes) !== true) {
      this.#parsed = { bytes, state: parseTickets(this.#tickets, bytes) };
    }
    return this.#parsed.state;
  }

  /** Counts what was appended since the last call, and returns the number of bytes. */
  async #countNew(): Promise<number> {
    const file = await ifExists(open(this.#receipts, 'r'));
    if (file === undefined) return 0; // nothing was ever sold
    const from = this.#offset;
    const lines = new LineReader(file, from);
    try {
      await lines.readNewLines((line) => countReceipt(this.#tally, line));
    } finally {
      this.#offset = lines.offset;
      await file.close();
    }
    return this.#offset - from;
  }
}

/** Counts a line of `receipts.jsonl`, which may be torn. */
export function countReceipt(tally: Tally, bytes: Buffer): void {
  if (bytes.length === 0) return; // every receipt is preceded by an empty line
  const line = parseReceiptLine(bytes.toString('utf8'));
  if (line === undefined) tally.skip();
  else if (line.kind === 'sold') tally.add(line);
  else {
    tally.addCommit(line);
    countOther(tally.lifecycle, line);
  }
}

function countOther(
  lifecycle: Lifecycle,
  line: Exclude<ReceiptLine, { readonly kind: 'sold' }>,
): void {
  switch (line.kind) {
    case 'held':
      lifecycle.hold(line.holdId, line.eventId, line.until);
      break;
    case 'released':
      lifecycle.release(line.holdId);
      break;
    case 'expired':
      for (const holdId of line.holdIds) lifecycle.release(holdId);
      break;
    case 'cancelled':
      lifecycle.cancel(line.eventId, line.serials);
      break;
    case 'admitted':
      lifecycle.admit(line.eventId, line.serial);
      break;
    case 'saved':
      lifecycle.save(line.eventId, line.event.revision ?? 1);
      break;
    case 'removed':
      lifecycle.remove(line.eventId);
      break;
  }
}
