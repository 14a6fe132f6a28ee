import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SaleAt } from './keys.js';

/**
 * Makes and reads order ids. An id says where its sale stands, so that one read finds it and nobody
 * keeps an index, and carries a keyed hash, so that nobody can guess one. It is made only after the
 * line was seen to count, and never stored: an id that is ours is of a sale that counts.
 */
export class OrderIds {
  readonly #secret: string;
  readonly #ledger: string;

  constructor(secret: string, ledger: string) {
    this.#secret = secret;
    this.#ledger = ledger;
  }

  make({ offset, index }: SaleAt): string {
    const place = `${offset.toString(36)}-${index.toString(36)}`;
    return `${place}-${this.#hash(place)}`;
  }

  /** Where the sale stands, or `undefined` for an id that is not ours. */
  read(orderId: string): SaleAt | undefined {
    const [, offset, index, hash] =
      /^([0-9a-z]{1,10})-([0-9a-z]{1,3})-([\w-]{16})$/.exec(orderId) ?? [];
    if (offset === undefined || index === undefined || hash === undefined) return undefined;
    const expected = this.#hash(`${offset}-${index}`);
    if (!timingSafeEqual(Buffer.from(expected), Buffer.from(hash))) return undefined;
    return { offset: Number.parseInt(offset, 36), index: Number.parseInt(index, 36) };
  }

  /** 96 bits over the place and the ledger. */
  #hash(place: string): string {
    const hash = createHmac('sha256', this.#secret).update(`${this.#ledger} ${place}`);
    return hash.digest('base64url').slice(0, 16);
  }
}
