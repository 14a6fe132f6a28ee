import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SaleAt } from './idempotency-keys.js';

/** What an order id says. */
export interface NamedSale {
  readonly sale: SaleAt;
  /** Whether the line that now stands there, by its `writer`, is the one that the id was made for. */
  isIn(line: { readonly writer: string }): boolean;
}

/**
 * Makes and reads order ids. An id says where its sale stands, so that one read finds it and nobody
 * keeps an index, and carries a keyed hash, so that nobody can guess one. It is made only after the
 * line was seen to count, and never stored: an id that is ours is of a sale that counts.
 *
 * It says which line, too. Where nothing waits for a sync, a power cut takes sales whose ids are out
 * already, and somebody else's sale may come to stand at the same byte.
 */
export class OrderIds {
  readonly #secret: string;
  readonly #ledger: string;
  #last: { readonly line: string; readonly key: string } | undefined;

  constructor(secret: string, ledger: string) {
    this.#secret = secret;
    this.#ledger = ledger;
  }

  make(sale: SaleAt, line: { readonly writer: string }): string {
    const [offset, index, tag] = [sale.offset.toString(36), sale.index.toString(36), tagOf(line)];
    return `${offset}-${index}-${tag}-${this.#hash(offset, index, tag)}`;
  }

  /** Which sale an id names, or `undefined` for an id that is not ours. */
  read(orderId: string): NamedSale | undefined {
    const [, offset, index, tag, found] =
      /^([0-9a-z]{1,10})-([0-9a-z]{1,3})-([0-9a-z]{1,7})-([\w-]{16})$/.exec(orderId) ?? [];
    if (offset === undefined || index === undefined) return undefined;
    if (tag === undefined || found === undefined) return undefined;
    const expected = this.#hash(offset, index, tag);
    if (!timingSafeEqual(Buffer.from(expected), Buffer.from(found))) return undefined;
    return {
      sale: { offset: Number.parseInt(offset, 36), index: Number.parseInt(index, 36) },
      isIn: (line) => tagOf(line) === tag,
    };
  }

  /** 96 bits over the ledger and the place. What is left out of the hash leaves nothing to extend it by. */
  #hash(offset: string, index: string, tag: string): string {
    return hash('sha256', `${this.#keyOf(`${offset}-${tag}`)} ${index}`, 'base64url').slice(0, 16);
  }

  /** The key of a line. The sales of one batch share it: an HMAC takes five times as long as a hash. */
  #keyOf(line: string): string {
    if (this.#last?.line !== line) {
      const key = createHmac('sha256', this.#secret).update(`${this.#ledger} ${line}`);
      this.#last = { line, key: key.digest('base64url') };
    }
    return this.#last.key;
  }
}

/** No two lines have one writer: its random number and its counter, short. */
const tagOf = ({ writer }: { readonly writer: string }): string => crc32(writer).toString(36);
