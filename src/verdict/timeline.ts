import type { ReferenceLog, SoldOp } from './reference-log.js';

/** A sale and its place among all sales, counted from 1. */
export interface PlacedOp {
  readonly place: number;
  readonly version: number;
  readonly op: SoldOp;
}

/** Points of a timeline, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The sales of one event, in order: their places, and what each left. */
interface EventLine {
  readonly places: number[];
  readonly lefts: number[];
}

/** What an event's line begins with: its capacity, before any sale. */
const newLine = (capacity: number): EventLine => ({ places: [0], lefts: [capacity] });

/**
 * The sales of a witness in one line. Point `k` is the moment after the first `k` sales; point 0 is
 * before all of them. Sales of one commit follow each other, so the points within a commit are the
 * prefixes of its batch.
 */
export class Timeline {
  readonly ops: readonly PlacedOp[];
  /** What is wrong with the witness itself: it sells out of turn, or more than there is. */
  readonly fault: string | undefined;
  /** Where each version ends; the index is the version. */
  readonly #ends: number[] = [0];
  readonly #events: ReadonlyMap<string, EventLine>;
  readonly #byTicket = new Map<string, PlacedOp>();
  readonly #byKey = new Map<string, PlacedOp[]>();

  constructor({ capacities, commits }: ReferenceLog) {
    this.#events = new Map([...capacities].map(([id, capacity]) => [id, newLine(capacity)]));
    const ops: PlacedOp[] = [];
    this.ops = ops;
    for (const { version, ops: sold } of commits) {
      if (version !== this.#ends.length) this.fault ??= `commit ${version} is out of turn`;
      for (const op of sold) {
        const placed = { place: ops.length + 1, version, op };
        ops.push(placed);
        this.fault ??= this.#place(placed);
      }
      this.#ends.push(ops.length);
    }
  }

  get lastVersion(): number {
    return this.#ends.length - 1;
  }

  hasEvent(event: string): boolean {
    return this.#events.has(event);
  }

  /** The point at which a version is complete, if there is such a version. */
  endOf(version: number): number | undefined {
    return this.#ends[version];
  }

  /** The version that the state at a point belongs to. */
  versionAt(point: number): number {
    return this.ops[point - 1]?.version ?? 0;
  }

  /** The next point at or after this one at which a commit is complete. */
  endOfCommitAt(point: number): number {
    return this.endOf(this.versionAt(point)) ?? point;
  }

  /** The sale whose first ticket this is. */
  saleOf(event: string, firstSerial: number): PlacedOp | undefined {
    return this.#byTicket.get(ticket(event, firstSerial));
  }

  /** The sales made with a key, in order. */
  salesWith(key: string): readonly PlacedOp[] {
    return this.#byKey.get(key) ?? [];
  }

  /** How many tickets of an event were left at a point. */
  leftAt(event: string, point: number): number | undefined {
    const line = this.#events.get(event);
    return line?.lefts[lastWhere(line.places, (place) => place <= point)];
  }

  /** The points at which so many tickets of an event were left: a span, since it only ever falls. */
  spanOf(event: string, left: number): Span | undefined {
    const line = this.#events.get(event);
    if (line === undefined) return undefined;
    const index = lastWhere(line.lefts, (each) => each >= left);
    const from = line.places[index];
    if (from === undefined || line.lefts[index] !== left) return undefined;
    return { from, to: (line.places[index + 1] ?? this.ops.length + 1) - 1 };
  }

  /** Adds a sale, and answers what is wrong with it. */
  #place(placed: PlacedOp): string | undefined {
    const { event, quantity, first, left, key } = placed.op;
    const line = this.#events.get(event);
    const before = line?.lefts.at(-1);
    const fits =
      before !== undefined &&
      quantity >= 1 &&
      left === before - quantity &&
      left >= 0 &&
      first === (line?.lefts[0] ?? 0) - before + 1;
    if (!fits) return `commit ${placed.version} sells ticket ${first} of ${event} out of turn`;
    line?.places.push(placed.place);
    line?.lefts.push(left);
    this.#byTicket.set(ticket(event, first), placed);
    if (key !== undefined) {
      const earlier = this.#byKey.get(key);
      if (earlier === undefined) this.#byKey.set(key, [placed]);
      else earlier.push(placed);
    }
    return undefined;
  }
}

const ticket = (event: string, serial: number): string => `${serial} ${event}`;

/** The last index of which a test is true, where it is true of all before it; -1 if of none. */
function lastWhere(sorted: readonly number[], isTrue: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
