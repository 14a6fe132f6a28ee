import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { OpAt } from './recent-ops.js';

/** The sale that an order id names. */
export interface NamedSale {
  readonly sale: OpAt;
  /** Whether a line, by its `writer`, is the one that the id was made for. */
  isIn(line: { readonly writer: string }): boolean;
}

/**
 * Makes and reads order ids. An id contains the offset of its sale, so that one read finds it without
 * an index, and an HMAC, so that it cannot be guessed. It is made only for a line that counts, and
 * never stored.
 *
 * It also identifies the line. With DURABILITY=os, a power cut can remove sales whose ids are known
 * already, and another buyer's sale may then begin at the same byte.
 */
export class OrderIds {
  readonly #secret: string;
  readonly #ledger: string;
  #last: { readonly line: string; readonly key: string } | undefined;

  constructor(secret: string, ledger: string) {
    this.#secret = secret;
    this.#ledger = ledger;
  }

  make(sale: OpAt, line: { readonly writer: string }): string {
    const [offset, index, tag] = [sale.offset.toString(36), sale.index.toString(36), tagOf(line)];
    return `${offset}-${index}-${tag}-${this.#hash(offset, index, tag)}`;
  }

  /** The sale that an id names, or `undefined` for an id that this ledger did not make. */
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

  /** 96 bits over the ledger, the offset and the index. Truncation rules out length extension. */
  #hash(offset: string, index: string, tag: string): string {
    return hash('sha256', `${this.#keyOf(`${offset}-${tag}`)} ${index}`, 'base64url').slice(0, 16);
  }

  /** The key of a line. The sales of one batch share it, because an HMAC costs five hashes. */
  #keyOf(line: string): string {
    if (this.#last?.line !== line) {
      const key = createHmac('sha256', this.#secret).update(`${this.#ledger} ${line}`);
      this.#last = { line, key: key.digest('base64url') };
    }
    return this.#last.key;
  }
}

/** A short form of a line's `writer`, which no two lines share. */
const tagOf = ({ writer }: { readonly writer: string }): string => crc32(writer).toString(36);
