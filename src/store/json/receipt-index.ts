import { createHash } from 'node:crypto';
import { type KeyedRequest, requestOf } from '../../booking/idempotency.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { LineReader } from '../shared/line-reader.js';
import { parseReceiptLine, type ReceiptLine } from './receipt-lines.js';
import type { Receipts } from './receipts.js';

/** How many keys are remembered, and how many holds: the oldest are forgotten. */
const REMEMBERED_MAX = 100_000;

/** Where the result of a command with a key is, and a hash of what was asked for. */
export interface IndexedKey {
  readonly offset: number;
  readonly request: string;
}

/** A hold that was made: until when, and where the line of its end is. */
interface IndexedHold {
  readonly until: string;
  readonly end?: { readonly kind: 'sold' | 'released'; readonly offset: number };
}

/** The sales of one event: the first serial of each, and the offset of its line. */
interface IndexedSales {
  readonly firsts: number[];
  readonly offsets: number[];
  ascending: boolean;
}

/**
 * Finds lines of `receipts.jsonl` by what they are about. It follows the file: each look-up first reads
 * what was appended since the last one, so under the lock it misses nothing.
 */
export class ReceiptIndex {
  readonly #lines: LineReader;
  readonly #follow: CoalescedRun<void>;
  readonly #keys = new Map<string, IndexedKey>();
  readonly #holds = new Map<string, IndexedHold>();
  readonly #sales = new Map<string, IndexedSales>();
  /** By event, then by serial: the offsets of the admissions. */
  readonly #admissions = new Map<string, Map<number, number>>();

  constructor(receipts: Pick<Receipts, 'file'>) {
    this.#lines = new LineReader(receipts.file);
    this.#follow = new CoalescedRun(() =>
      this.#lines.readNewLines((line, offset) => this.#add(line, offset)),
    );
  }

  /** Reads what was appended since. */
  follow(): Promise<void> {
    return this.#follow.run();
  }

  /** What was done with a key, as far as the file was followed. */
  key(key: string): IndexedKey | undefined {
    return this.#keys.get(key);
  }

  /** The hold with this id, as far as the file was followed. */
  hold(holdId: string): IndexedHold | undefined {
    return this.#holds.get(holdId);
  }

  /** The offsets of a ticket's sale and of its admission. */
  ticket(eventId: string, serial: number): { sale?: number; admission?: number } {
    const sale = saleOf(this.#sales.get(eventId), serial);
    const admission = this.#admissions.get(eventId)?.get(serial);
    return {
      ...(sale !== undefined && { sale }),
      ...(admission !== undefined && { admission }),
    };
  }

  #add(bytes: Buffer, offset: number): void {
    if (bytes.length === 0) return;
    const line = parseReceiptLine(bytes.toString('utf8'));
    if (line === undefined) return; // torn by a crash
    this.#addKey(line, offset);
    switch (line.kind) {
      case 'sold':
        this.#addSale(line.eventId, line.serials[0] ?? 0, offset);
        if (line.holdId !== undefined) this.#endHold(line.holdId, { kind: 'sold', offset });
        break;
      case 'held':
        remember(this.#holds, line.holdId, { until: line.until });
        break;
      case 'released':
        this.#endHold(line.holdId, { kind: 'released', offset });
        break;
      case 'admitted':
        this.#addAdmission(line.eventId, line.serial, offset);
        break;
    }
  }

  #addKey(line: ReceiptLine, offset: number): void {
    if (!('key' in line) || line.key === undefined) return;
    remember(this.#keys, line.key, { offset, request: hashOfRequest(requestOfLine(line)) });
  }

  #endHold(holdId: string, end: NonNullable<IndexedHold['end']>): void {
    const hold = this.#holds.get(holdId);
    if (hold !== undefined) this.#holds.set(holdId, { ...hold, end });
  }

  #addSale(eventId: string, first: number, offset: number): void {
    const sales = this.#sales.get(eventId) ?? { firsts: [], offsets: [], ascending: true };
    this.#sales.set(eventId, sales);
    if (first <= (sales.firsts.at(-1) ?? 0)) sales.ascending = false;
    sales.firsts.push(first);
    sales.offsets.push(offset);
  }

  #addAdmission(eventId: string, serial: number, offset: number): void {
    const ofEvent = this.#admissions.get(eventId) ?? new Map<number, number>();
    this.#admissions.set(eventId, ofEvent);
    if (!ofEvent.has(serial)) ofEvent.set(serial, offset); // the first one let somebody in
  }
}

/** A hash of what a command with a key asks for. */
export const hashOfRequest = (request: KeyedRequest): string =>
  createHash('sha256').update(requestOf(request)).digest('base64url').slice(0, 22);

type LineWithKey = Extract<ReceiptLine, { readonly kind: 'sold' | 'held' | 'admitted' }>;

/** What the command asked for that a line with a key records. */
function requestOfLine(line: LineWithKey): KeyedRequest {
  switch (line.kind) {
    case 'sold':
      return { ...line, kind: 'buy' };
    case 'held':
      return { ...line, kind: 'hold' };
    case 'admitted':
      return { ...line, kind: 'admit' };
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key); // a Map keeps insertion order: the key moves to its newest use
  map.set(key, value);
  if (map.size <= REMEMBERED_MAX) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** The offset of the sale that a serial belongs to. */
function saleOf(sales: IndexedSales | undefined, serial: number): number | undefined {
  if (sales === undefined) return undefined;
  if (!sales.ascending) sortByFirst(sales); // only where no lock kept sales apart
  let [low, high] = [0, sales.firsts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sales.firsts[middle] as number) > serial) high = middle;
    else low = middle + 1;
  }
  return sales.offsets[low - 1];
}

function sortByFirst(sales: IndexedSales): void {
  const { firsts, offsets } = sales;
  const order = firsts.map((first, index) => ({ first, offset: offsets[index] as number }));
  order.sort((a, b) => a.first - b.first || b.offset - a.offset);
  order.forEach(({ first, offset }, index) => {
    firsts[index] = first;
    offsets[index] = offset;
  });
  sales.ascending = true;
}
