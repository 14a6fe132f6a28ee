import type { Hold } from '../booking/inventory.js';

/** After every time that a hold can end. */
const NEVER = '~';

/** A hold without the name of its customer. */
type NamelessHold = Omit<Hold, 'customer'>;

/** The holds that may still expire: the log says only which, not whose and for what. */
export class ExpiringHolds {
  readonly #holds = new Map<string, NamelessHold>();
  /** None ends by time before this. */
  #earliest = NEVER;

  put(id: string, { eventId, quantity, total, until }: NamelessHold): void {
    this.#holds.set(id, { eventId, quantity, total, until });
    if (until < this.#earliest) this.#earliest = until;
  }

  /** Confirmed or released: it does not expire any more. */
  end(id: string): void {
    this.#holds.delete(id);
  }

  /** Takes out what ended by a time, in the order in which it began. */
  takeDue(at: string): (readonly [id: string, hold: NamelessHold])[] {
    if (at < this.#earliest) return [];
    const due = [...this.#holds].filter(([, { until }]) => until <= at);
    for (const [id] of due) this.#holds.delete(id);
    this.#earliest = NEVER;
    for (const { until } of this.#holds.values()) {
      if (until < this.#earliest) this.#earliest = until;
    }
    return due;
  }
}
