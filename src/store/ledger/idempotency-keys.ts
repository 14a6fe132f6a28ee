import { hash } from 'node:crypto';
import type { Op } from './ledger-line.js';

/** Where a sale stands: the offset of its line, and its place in it. */
export interface SaleAt {
  readonly offset: number;
  readonly index: number;
}

/** What is remembered of a key: the sale made with it, and what was asked for. */
export interface KeyedSale {
  readonly sale: SaleAt;
  readonly body: string;
}

/**
 * The keys of so many sales are remembered, first in, first out, so that all workers agree. It is
 * part of the format: a ledger that was folded with another number has other sales.
 */
export const KEYED_SALES = 100_000;

/** The idempotency keys of the last sales, in the order of the ledger. */
export class KeyWindow {
  readonly #keys = new Map<string, KeyedSale & { readonly number: number }>();
  /** The counted lines that the window reaches back to: where each lies, and the sales before it. */
  readonly #lines: { readonly offset: number; readonly before: number }[] = [];
  #first = 0;
  #sales: number;
  readonly #size: number;

  /**
   * @param sales how many sales there were before the first line that this window is shown
   * @param size the keys of so many sales are remembered
   */
  constructor(sales: number, size = KEYED_SALES) {
    this.#sales = sales;
    this.#size = size;
  }

  /** Sales so far. */
  get sales(): number {
    return this.#sales;
  }

  /** The offset of the first line that the window still needs. */
  from(end: number): number {
    return this.#lines[this.#first]?.offset ?? end;
  }

  find(key: string): KeyedSale | undefined {
    return this.#keys.get(key);
  }

  /** Takes the sales of a counted line. */
  take(offset: number, ops: readonly Op[]): void {
    this.#lines.push({ offset, before: this.#sales });
    for (const [index, op] of ops.entries()) {
      this.#sales++;
      if (op.key === undefined) continue;
      const body = bodyOf(op.event, op.customer, op.quantity);
      this.#keys.delete(op.key); // so that keys stand in the order of their sales
      this.#keys.set(op.key, { sale: { offset, index }, body, number: this.#sales });
    }
    this.#forget();
  }

  #forget(): void {
    const oldest = this.#sales - this.#size;
    // Keys stand in the order of their sales: the first that stays ends the search.
    for (const [key, { number }] of this.#keys) {
      if (number > oldest) break;
      this.#keys.delete(key);
    }
    while ((this.#lines[this.#first + 1]?.before ?? Number.POSITIVE_INFINITY) <= oldest)
      this.#first++;
    if (this.#first > 1024 && this.#first * 2 > this.#lines.length) {
      this.#lines.splice(0, this.#first);
      this.#first = 0;
    }
  }
}

/** What a buy asks for, short: two buys with one key must be alike in it. */
export const bodyOf = (eventId: string, customer: string, quantity: number): string =>
  hash('sha256', JSON.stringify([eventId, customer, quantity]), 'base64url').slice(0, 22);
