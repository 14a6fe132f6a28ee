/** A range of states, both ends included. State `k` is the inventory after the first `k` changes. */
export interface StateRange {
  readonly from: number;
  readonly to: number;
}

/** States in which something holds: ascending, disjoint ranges. */
export type StateRanges = readonly StateRange[];

export const everyState: StateRanges = [{ from: 0, to: Number.POSITIVE_INFINITY }];

export const statesFrom = (from: number): StateRanges => [{ from, to: Number.POSITIVE_INFINITY }];

export const statesBefore = (end: number): StateRanges =>
  end > 0 ? [{ from: 0, to: end - 1 }] : [];

/** The first of the states that is `from` or later; a binary search. */
export function firstStateFrom(states: StateRanges, from: number): number | undefined {
  let [low, high] = [0, states.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((states[middle] as StateRange).to < from) low = middle + 1;
    else high = middle;
  }
  const range = states[low];
  return range && Math.max(range.from, from);
}

/** The states that are in both. */
export function intersect(a: StateRanges, b: StateRanges): StateRanges {
  const both: StateRange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [one, other] = [a[i] as StateRange, b[j] as StateRange];
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
    if (from <= to) both.push({ from, to });
    if (one.to < other.to) i++;
    else j++;
  }
  return both;
}

/** When a value that changes from state to state had which value. */
export class ValueOverTime<Value> {
  readonly #ranges = new Map<Value, { from: number; to: number }[]>();
  /** The states at which it changed, and what it was from then on. */
  readonly #changes: { readonly state: number; readonly value: Value }[] = [];

  constructor(value: Value) {
    this.set(value, 0);
  }

  /** From this state on, it has this value. */
  set(value: Value, state: number): void {
    const last = this.#changes.at(-1);
    if (last !== undefined) {
      if (last.value === value) return;
      const open = this.#ranges.get(last.value)?.at(-1);
      if (open !== undefined) open.to = state - 1;
    }
    this.#changes.push({ state, value });
    const ranges = this.#ranges.get(value) ?? [];
    this.#ranges.set(value, ranges);
    ranges.push({ from: state, to: Number.POSITIVE_INFINITY });
  }

  /** The states in which it had this value. */
  statesWith(value: Value): StateRanges {
    return this.#ranges.get(value) ?? [];
  }

  /** Its value in a state; a binary search. */
  at(state: number): Value {
    let [low, high] = [1, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle] as { state: number }).state <= state) low = middle + 1;
      else high = middle;
    }
    return (this.#changes[low - 1] as { value: Value }).value;
  }
}
