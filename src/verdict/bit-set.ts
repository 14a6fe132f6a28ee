/** Numbers per page, one bit each: a page is 8 KiB. */
const PAGE_SIZE = 65_536;

/** A set of positive integers, one bit each: fifty million serials take 6 MB. */
export class BitSet {
  readonly #pages = new Map<number, Uint8Array>();
  #size = 0;

  /** How many different numbers it contains. */
  get size(): number {
    return this.#size;
  }

  add(number: number): void {
    const index = Math.floor(number / PAGE_SIZE);
    const page = this.#pages.get(index) ?? new Uint8Array(PAGE_SIZE / 8);
    this.#pages.set(index, page);
    const byte = (number % PAGE_SIZE) >> 3;
    const bit = 1 << (number & 7);
    const old = page[byte] ?? 0;
    if ((old & bit) !== 0) return;
    page[byte] = old | bit;
    this.#size++;
  }

  has(number: number): boolean {
    const page = this.#pages.get(Math.floor(number / PAGE_SIZE));
    const byte = page?.[(number % PAGE_SIZE) >> 3] ?? 0;
    return (byte & (1 << (number & 7))) !== 0;
  }

  /** The length of the longest run of numbers from 1 to `limit` that it does not contain. */
  longestGapUpTo(limit: number): number {
    let longest = 0;
    let gap = 0;
    for (let number = 1; number <= limit; number++) {
      gap = this.has(number) ? 0 : gap + 1;
      if (gap > longest) longest = gap;
    }
    return longest;
  }

  /** How many of its numbers are at most `limit`. */
  countUpTo(limit: number): number {
    return this.countBetween(1, limit);
  }

  /** How many of its numbers are from `low` to `high`, both included. */
  countBetween(low: number, high: number): number {
    let count = 0;
    for (const index of this.#pages.keys()) {
      const first = index * PAGE_SIZE;
      const end = Math.min(first + PAGE_SIZE - 1, high);
      for (let number = Math.max(first, low); number <= end; number++) {
        if (this.has(number)) count++;
      }
    }
    return count;
  }

  /** How many of its numbers another set has too. */
  countIn(other: BitSet | undefined): number {
    if (other === undefined) return 0;
    let count = 0;
    for (const [index, page] of this.#pages) {
      const theirs = other.#pages.get(index);
      if (theirs === undefined) continue;
      page.forEach((byte, at) => {
        count += bitsIn(byte & (theirs[at] as number));
      });
    }
    return count;
  }
}

function bitsIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
