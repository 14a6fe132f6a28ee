import { hash as digest } from 'node:crypto';
import type { Op } from './ledger-line.js';

/** Where a sale is: the offset of its line, and its index in it. */
export interface SaleAt {
  readonly offset: number;
  readonly index: number;
}

/** The sale that was made with a key, and a hash of what was requested. */
export interface KeyedSaleAt {
  readonly sale: SaleAt;
  readonly bodyHash: string;
}

/**
 * How many sales' keys are remembered, first in, first out, so that all workers agree. The number is
 * part of the format: with another one, a ledger would fold to other sales.
 */
export const KEYED_SALES = 100_000;

/** The idempotency keys of the newest sales, in the order of the ledger. */
export class KeyWindow {
  readonly #keys = new Map<string, KeyedSaleAt & { readonly number: number }>();
  /** The counted lines in the window: each one's offset, and the number of sales before it. */
  readonly #lines: { readonly offset: number; readonly before: number }[] = [];
  #first = 0;
  #sales: number;
  readonly #size: number;

  /**
   * @param sales the number of sales before the first line that this window takes
   * @param size how many sales' keys are remembered
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

  find(key: string): KeyedSaleAt | undefined {
    return this.#keys.get(key);
  }

  /** Takes the sales of a counted line. */
  take(offset: number, ops: readonly Op[]): void {
    this.#lines.push({ offset, before: this.#sales });
    for (const [index, op] of ops.entries()) {
      this.#sales++;
      if (op.key === undefined) continue;
      const hash = bodyHash(op.event, op.customer, op.quantity);
      this.#keys.delete(op.key); // a Map keeps insertion order: the key moves to its newest sale
      this.#keys.set(op.key, { sale: { offset, index }, bodyHash: hash, number: this.#sales });
    }
    this.#forget();
  }

  #forget(): void {
    const oldest = this.#sales - this.#size;
    // Keys are in the order of their sales, so the first one in the window ends the loop.
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

/** A hash of what a buy requests: two buys with one key must agree in it. */
export const bodyHash = (eventId: string, customer: string, quantity: number): string =>
  JSON.stringify(['buy', eventId, customer, quantity]);
