import type { ReferenceLog, SoldOp } from './reference-log.js';

/** A sale and its position among all sales, counted from 1. */
export interface LoggedSale {
  readonly position: number;
  readonly version: number;
  readonly sale: SoldOp;
}

/** A range of states, both ends included. State `k` is the inventory after the first `k` sales. */
export interface StateRange {
  readonly from: number;
  readonly to: number;
}

/** The sales of one event, in order: their positions, and how many tickets remained after each. */
interface EventSales {
  readonly positions: number[];
  readonly remaining: number[];
}

/** Before any sale, the whole capacity remains. */
const unsold = (capacity: number): EventSales => ({ positions: [0], remaining: [capacity] });

/**
 * The sales of a reference log in one sequence, indexed for the checks of a history. State `k` is the
 * inventory after the first `k` sales; state 0 is before all of them. Sales of one commit are
 * adjacent, so the states within a commit are the prefixes of its batch.
 */
export class CommitLog {
  readonly sales: readonly LoggedSale[];
  /** What is wrong with the log itself: a commit out of sequence, or more sold than there was. */
  readonly error: string | undefined;
  /** The state after each version; the index is the version. */
  readonly #states: number[] = [0];
  readonly #events: ReadonlyMap<string, EventSales>;
  readonly #byTicket = new Map<string, LoggedSale>();
  readonly #byKey = new Map<string, LoggedSale[]>();

  constructor({ capacities, commits }: ReferenceLog) {
    this.#events = new Map([...capacities].map(([id, capacity]) => [id, unsold(capacity)]));
    const sales: LoggedSale[] = [];
    this.sales = sales;
    for (const { version, ops } of commits) {
      if (version !== this.#states.length) this.error ??= `commit ${version} is out of sequence`;
      for (const sale of ops) {
        const logged = { position: sales.length + 1, version, sale };
        sales.push(logged);
        this.error ??= this.#add(logged);
      }
      this.#states.push(sales.length);
    }
  }

  get lastVersion(): number {
    return this.#states.length - 1;
  }

  hasEvent(event: string): boolean {
    return this.#events.has(event);
  }

  /** The state after a version is complete; `undefined` if there is no such version. */
  stateAfter(version: number): number | undefined {
    return this.#states[version];
  }

  /** The version that a state belongs to. */
  versionAt(state: number): number {
    return this.sales[state - 1]?.version ?? 0;
  }

  /** The first state at or after this one at which a commit is complete. */
  endOfCommitAt(state: number): number {
    return this.stateAfter(this.versionAt(state)) ?? state;
  }

  /** The sale whose first ticket this is. */
  saleStartingAt(event: string, firstSerial: number): LoggedSale | undefined {
    return this.#byTicket.get(ticketId(event, firstSerial));
  }

  /** The sales made with a key, in order. */
  salesWithKey(key: string): readonly LoggedSale[] {
    return this.#byKey.get(key) ?? [];
  }

  /** How many tickets of an event remain in a state. */
  remainingAt(event: string, state: number): number | undefined {
    const sales = this.#events.get(event);
    return sales?.remaining[lastIndexWhere(sales.positions, (position) => position <= state)];
  }

  /** The states in which exactly this many tickets remain: one range, since the number only falls. */
  statesWithRemaining(event: string, remaining: number): StateRange | undefined {
    const sales = this.#events.get(event);
    if (sales === undefined) return undefined;
    const index = lastIndexWhere(sales.remaining, (each) => each >= remaining);
    const from = sales.positions[index];
    if (from === undefined || sales.remaining[index] !== remaining) return undefined;
    return { from, to: (sales.positions[index + 1] ?? this.sales.length + 1) - 1 };
  }

  /** Adds a sale. Returns what is wrong with it, if anything. */
  #add(logged: LoggedSale): string | undefined {
    const { event, quantity, first, left, key } = logged.sale;
    const sales = this.#events.get(event);
    const before = sales?.remaining.at(-1);
    const fits =
      before !== undefined &&
      quantity >= 1 &&
      left === before - quantity &&
      left >= 0 &&
      first === (sales?.remaining[0] ?? 0) - before + 1;
    if (!fits) return `commit ${logged.version} sells ticket ${first} of ${event} out of sequence`;
    sales?.positions.push(logged.position);
    sales?.remaining.push(left);
    this.#byTicket.set(ticketId(event, first), logged);
    if (key !== undefined) {
      const earlier = this.#byKey.get(key);
      if (earlier === undefined) this.#byKey.set(key, [logged]);
      else earlier.push(logged);
    }
    return undefined;
  }
}

const ticketId = (event: string, serial: number): string => `${serial} ${event}`;

/** The last index at which a predicate holds that holds for a prefix of the values; -1 if for none. */
function lastIndexWhere(sorted: readonly number[], holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
