import { hash } from 'node:crypto';
/**
 * The keys of so many sales are remembered, first in, first out, so that all workers agree. It is
 * part of the format: a ledger that was folded with another number has other sales.
 */
export const KEYED_SALES = 100_000;
/** The idempotency keys of the last sales, in the order of the ledger. */
export class KeyWindow {
    #keys = new Map();
    /** The counted lines that the window reaches back to: where each lies, and the sales before it. */
    #lines = [];
    #first = 0;
    #sales;
    #size;
    /**
     * @param sales how many sales there were before the first line that this window is shown
     * @param size the keys of so many sales are remembered
     */
    constructor(sales, size = KEYED_SALES) {
        this.#sales = sales;
        this.#size = size;
    }
    /** Sales so far. */
    get sales() {
        return this.#sales;
    }
    /** The offset of the first line that the window still needs. */
    from(end) {
        return this.#lines[this.#first]?.offset ?? end;
    }
    find(key) {
        return this.#keys.get(key);
    }
    /** Takes the sales of a counted line. */
    take(offset, ops) {
        this.#lines.push({ offset, before: this.#sales });
        for (const [index, op] of ops.entries()) {
            this.#sales++;
            if (op.key === undefined)
                continue;
            const body = bodyOf(op.event, op.customer, op.quantity);
            this.#keys.delete(op.key); // so that keys stand in the order of their sales
            this.#keys.set(op.key, { sale: { offset, index }, body, number: this.#sales });
        }
        this.#forget();
    }
    #forget() {
        const oldest = this.#sales - this.#size;
        // Keys stand in the order of their sales: the first that stays ends the search.
        for (const [key, { number }] of this.#keys) {
            if (number > oldest)
                break;
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
export const bodyOf = (eventId, customer, quantity) => hash('sha256', JSON.stringify([eventId, customer, quantity]), 'base64url').slice(0, 22);
