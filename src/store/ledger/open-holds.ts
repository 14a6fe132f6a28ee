import type { Hold, Holds } from '../../booking/inventory.js';

/** After every time that a hold can end. */
const NEVER = '~';

/** Holds without the names of their customers, which may be erased in one of two copies only. */
export const withoutNames = (holds: Holds = {}): readonly object[] =>
  Object.entries(holds).map(([id, { customer: _, ...hold }]) => ({ id, ...hold }));

/** The holds of a fold that have not ended, by id. */
export class OpenHolds {
  /** Without a prototype: an id may be any text. */
  readonly #holds: Record<string, Hold> = Object.create(null);
  #count = 0;
  /** No hold ends by time before this. */
  #earliest = NEVER;

  constructor(holds: Holds = {}) {
    for (const [id, hold] of Object.entries(holds)) this.put(id, hold);
  }

  /** The holds, or `undefined` if there are none. They change with every fold. */
  get all(): Holds | undefined {
    return this.#count > 0 ? this.#holds : undefined;
  }

  get(id: string): Hold | undefined {
    return this.#holds[id];
  }

  put(id: string, hold: Hold): void {
    this.#holds[id] = hold;
    this.#count++;
    if (hold.until < this.#earliest) this.#earliest = hold.until;
  }

  end(id: string): void {
    delete this.#holds[id];
    this.#count--;
  }

  /** The holds whose time is over at a moment. Looks at all of them only if there may be one. */
  due(at: string): readonly string[] {
    if (at < this.#earliest) return [];
    const due: string[] = [];
    this.#earliest = NEVER;
    for (const [id, { until }] of Object.entries(this.#holds)) {
      if (until <= at) due.push(id);
      if (until < this.#earliest) this.#earliest = until;
    }
    return due;
  }
}
