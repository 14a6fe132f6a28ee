import { gone } from '../../booking/events.js';
import { DamagedLedgerError } from './chain.js';
/** What the counted lines add up to: what is left of each event, and which keys sold what. */
export class Fold {
    keys;
    #chain;
    #events;
    #damage;
    constructor({ chain, events, keys }) {
        this.#chain = chain;
        this.#events = { ...events };
        this.keys = keys;
    }
    get head() {
        return this.#chain.head;
    }
    get skipped() {
        return this.#chain.skipped;
    }
    /**
     * The state as it is now. It goes on changing with the fold, so look at it before the next
     * `await`: to copy ten thousand events for every commit would cost more than the commit.
     */
    get state() {
        return { version: this.#chain.head.seq, events: this.#events };
    }
    /**
     * Takes the next line of the file, without its newline, and answers it if it counts.
     *
     * @throws DamagedLedgerError when the line claims or sells what cannot be, and from then on always:
     *   half of that line may be in the state, and the line itself would be skipped as overtaken
     */
    take(bytes, offset) {
        if (this.#damage !== undefined)
            throw this.#damage;
        try {
            return this.#take(bytes, offset);
        }
        catch (error) {
            if (error instanceof DamagedLedgerError)
                this.#damage = error;
            throw error;
        }
    }
    #take(bytes, offset) {
        const counted = this.#chain.take(bytes, offset);
        if (counted === undefined)
            return undefined;
        const { ops } = counted.commit;
        for (const op of ops)
            this.#sell(op, offset);
        this.keys.take(offset, ops);
        return counted;
    }
    #sell({ event: id, quantity, first, left }, offset) {
        const event = Object.hasOwn(this.#events, id) ? this.#events[id] : undefined;
        const fits = event !== undefined &&
            quantity > 0 &&
            first === gone(event) + 1 &&
            left === event.remaining - quantity &&
            left >= 0;
        if (!fits)
            throw new DamagedLedgerError(offset, `it sells ticket ${first} of ${id} out of turn`);
        this.#events[id] = { ...event, remaining: left };
    }
}
