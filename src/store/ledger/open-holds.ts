import type { Hold, Holds, HoldsByTime } from '../../booking/inventory.js';

/** Holds without the names of their customers, which may be erased in one of two copies only. */
export const withoutNames = (holds: Holds = {}): readonly object[] =>
  Object.entries(holds).map(([id, { customer: _, ...hold }]) => ({ id, ...hold }));

/** The holds of a fold that have not ended, by id, and in the order of their time. */
export class OpenHolds implements HoldsByTime {
  /** Without a prototype: an id may be any text. */
  readonly #holds: Record<string, Hold> = Object.create(null);
  /** The ids, the hold that ends first first. */
  readonly #byTime: string[] = [];

  constructor(holds: Holds = {}) {
    for (const [id, hold] of Object.entries(holds)) this.put(id, hold);
  }

  get count(): number {
    return this.#byTime.length;
  }

  /** The holds, or `undefined` if there are none. They change with every fold. */
  get all(): Holds | undefined {
    return this.count > 0 ? this.#holds : undefined;
  }

  get(id: string): Hold | undefined {
    return this.#holds[id];
  }

  put(id: string, hold: Hold): void {
    this.end(id);
    this.#byTime.splice(this.#endOf(hold.until), 0, id);
    this.#holds[id] = hold;
  }

  end(id: string): void {
    const hold = this.#holds[id];
    if (hold === undefined) return;
    this.#byTime.splice(this.#byTime.lastIndexOf(id, this.#endOf(hold.until) - 1), 1);
    delete this.#holds[id];
  }

  /** The holds whose time is over at a moment, the one that ended first first. */
  due(at: string): readonly string[] {
    return this.#byTime.slice(0, this.#endOf(at));
  }

  /** How many holds end at a moment or before it: a binary search. */
  #endOf(at: string): number {
    let [low, high] = [0, this.#byTime.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const until = this.#holds[this.#byTime[middle] ?? '']?.until ?? '';
      if (until <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
