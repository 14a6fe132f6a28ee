/** Numbers a page holds, one bit each: 8 KiB. */
const PAGE = 65_536;
/** A set of whole numbers from 1, one bit each: fifty million serials take 6 MB. */
export class NumberSet {
    #pages = new Map();
    #size = 0;
    /** How many different numbers are in it. */
    get size() {
        return this.#size;
    }
    add(number) {
        const index = Math.floor(number / PAGE);
        const page = this.#pages.get(index) ?? new Uint8Array(PAGE / 8);
        this.#pages.set(index, page);
        const byte = (number % PAGE) >> 3;
        const bit = 1 << (number & 7);
        const old = page[byte] ?? 0;
        if ((old & bit) !== 0)
            return;
        page[byte] = old | bit;
        this.#size++;
    }
    has(number) {
        const byte = this.#pages.get(Math.floor(number / PAGE))?.[(number % PAGE) >> 3] ?? 0;
        return (byte & (1 << (number & 7))) !== 0;
    }
    /** How many of its numbers are at most `limit`. */
    countUpTo(limit) {
        let count = 0;
        for (const index of this.#pages.keys()) {
            const first = index * PAGE;
            for (let number = first; number < first + PAGE && number <= limit; number++) {
                if (this.has(number))
                    count++;
            }
        }
        return count;
    }
}
