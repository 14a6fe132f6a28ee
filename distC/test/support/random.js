/** Numbers by chance, the same for the same seed: mulberry32, by Tommy Ettinger. */
export class Random {
    #state;
    constructor(seed) {
        this.#state = seed >>> 0;
    }
    /** From 0 up to, not including, 1. */
    next() {
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let mixed = this.#state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    }
    /** A whole number from `min` to `max`, both included. */
    whole(min, max) {
        return min + Math.floor(this.next() * (max - min + 1));
    }
    pick(items) {
        const item = items[this.whole(0, items.length - 1)];
        if (item === undefined)
            throw new Error('nothing to pick from');
        return item;
    }
    /** So many of them, each once. */
    some(items, count) {
        const left = [...items];
        const picked = [];
        while (picked.length < count && left.length > 0) {
            picked.push(...left.splice(this.whole(0, left.length - 1), 1));
        }
        return picked;
    }
}
//# sourceMappingURL=random.js.map