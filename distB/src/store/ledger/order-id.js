import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
/**
 * Makes and reads order ids. An id says where its sale stands, so that one read finds it and nobody
 * keeps an index, and carries a keyed hash, so that nobody can guess one. It is made only after the
 * line was seen to count, and never stored: an id that is ours is of a sale that counts.
 *
 * It says which line, too. Where nothing waits for a sync, a power cut takes sales whose ids are out
 * already, and somebody else's sale may come to stand at the same byte.
 */
export class OrderIds {
    #secret;
    #ledger;
    constructor(secret, ledger) {
        this.#secret = secret;
        this.#ledger = ledger;
    }
    make({ offset, index }, line) {
        const place = `${offset.toString(36)}-${index.toString(36)}-${tagOf(line)}`;
        return `${place}-${this.#hash(place)}`;
    }
    /** Which sale an id names, or `undefined` for an id that is not ours. */
    read(orderId) {
        const [, offset, index, tag, hash] = /^([0-9a-z]{1,10})-([0-9a-z]{1,3})-([0-9a-z]{1,7})-([\w-]{16})$/.exec(orderId) ?? [];
        if (offset === undefined || index === undefined || hash === undefined)
            return undefined;
        const expected = this.#hash(`${offset}-${index}-${tag}`);
        if (!timingSafeEqual(Buffer.from(expected), Buffer.from(hash)))
            return undefined;
        return {
            sale: { offset: Number.parseInt(offset, 36), index: Number.parseInt(index, 36) },
            isIn: (line) => tagOf(line) === tag,
        };
    }
    /** 96 bits over the place and the ledger. */
    #hash(place) {
        const hash = createHmac('sha256', this.#secret).update(`${this.#ledger} ${place}`);
        return hash.digest('base64url').slice(0, 16);
    }
}
/** No two lines have one writer: its random number and its counter, short. */
const tagOf = ({ writer }) => crc32(writer).toString(36);
