import { CoalescedRun } from '../shared/coalesced-run.js';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { Chain } from './chain.js';
import type { Commit } from './ledger-line.js';
import { readGenesis } from './load.js';
import { isSale } from './ops.js';

/** The lines that sold tickets of one event: the first serial and the offset of each, ascending. */
interface SoldLines {
  readonly firsts: number[];
  readonly offsets: number[];
}

/**
 * Finds the lines that sold a ticket and that let its owner in. It is built by the first question,
 * because that reads the whole ledger, and follows the ledger from then on.
 */
export class TicketIndex {
  readonly #file: ReadableFile;
  readonly #end: () => number;
  readonly #sold = new Map<string, SoldLines>();
  readonly #admitted = new Map<string, OffsetsBySerial>();
  readonly #following = new CoalescedRun(() => this.#read());
  #reader: { readonly chain: Chain; readonly lines: LineReader } | undefined;

  /** @param end returns the end of the newest counted line */
  constructor(file: ReadableFile, end: () => number) {
    this.#file = file;
    this.#end = end;
  }

  /** Reads what was appended since the last time. */
  follow(): Promise<void> {
    return this.#following.run();
  }

  /** The offset of the line that sold a ticket. */
  soldAt(eventId: string, serial: number): number | undefined {
    const { firsts, offsets } = this.#sold.get(eventId) ?? { firsts: [], offsets: [] };
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((firsts[middle] as number) > serial) high = middle;
      else low = middle + 1;
    }
    return offsets[low - 1];
  }

  /** The offset of the line that let the owner of a ticket in. */
  admittedAt(eventId: string, serial: number): number | undefined {
    return this.#admitted.get(eventId)?.get(serial);
  }

  async #read(): Promise<void> {
    this.#reader ??= await this.#begin();
    const { chain, lines } = this.#reader;
    await lines.readNewLines((line, offset) => {
      const counted = chain.take(line, offset);
      if (counted !== undefined) this.#take(counted.commit, offset);
    }, this.#end());
  }

  async #begin(): Promise<{ readonly chain: Chain; readonly lines: LineReader }> {
    const { head } = await readGenesis(this.#file);
    return { chain: new Chain(head, 1), lines: new LineReader(this.#file, head.end) };
  }

  #take({ ops }: Commit, offset: number): void {
    for (const op of ops) {
      if (isSale(op)) this.#addSale(op.event, op.first, offset);
      else if (op.op === 'admit') this.#addAdmission(op.event, op.serial, offset);
    }
  }

  /** The serials of one event in one line are consecutive: the first one is enough. */
  #addSale(eventId: string, first: number, offset: number): void {
    const lines = this.#sold.get(eventId) ?? { firsts: [], offsets: [] };
    this.#sold.set(eventId, lines);
    if (lines.offsets.at(-1) === offset) return;
    lines.firsts.push(first);
    lines.offsets.push(offset);
  }

  #addAdmission(eventId: string, serial: number, offset: number): void {
    const offsets = this.#admitted.get(eventId) ?? new OffsetsBySerial();
    this.#admitted.set(eventId, offsets);
    offsets.set(serial, offset);
  }
}

const PAGE_SERIALS = 512;

/** Offsets by serial, eight bytes each: no offset is 0, where the genesis is. */
class OffsetsBySerial {
  readonly #pages = new Map<number, Float64Array>();

  get(serial: number): number | undefined {
    return this.#pages.get(Math.floor(serial / PAGE_SERIALS))?.[serial % PAGE_SERIALS] || undefined;
  }

  set(serial: number, offset: number): void {
    const number = Math.floor(serial / PAGE_SERIALS);
    const page = this.#pages.get(number) ?? new Float64Array(PAGE_SERIALS);
    this.#pages.set(number, page);
    page[serial % PAGE_SERIALS] = offset;
  }
}
