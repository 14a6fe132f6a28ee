/** `true`: distances are proportional to time. `even`: all neighbouring instants are equally far apart. */
export type Spacing = 'true' | 'even';

/** The visible part of the axis, from 0 to 1. */
export interface View {
  readonly from: number;
  readonly to: number;
}

export const whole: View = { from: 0, to: 1 };

/** The part of a run that a view of one axis shows, as a view of another axis of that run. */
export const viewOn = (axis: Axis, { from, to }: View, other: Axis): View => ({
  from: other.place(axis.moment(from)),
  to: other.place(axis.moment(to)),
});

/** Instants closer than this, in milliseconds, are treated as one: they would be drawn on top of each other. */
const SAME_INSTANT_MS = 0.0005;

/**
 * Maps time to a place from 0 to 1. Steps that are microseconds apart lie beside waits of milliseconds,
 * so there is also a spacing in which every instant at which something happens takes one step.
 */
export class Axis {
  readonly #instants: readonly number[];
  readonly #spacing: Spacing;

  /** @param instants in any order */
  constructor(instants: readonly number[], spacing: Spacing) {
    const sorted = instants.toSorted((a, b) => a - b);
    this.#instants = sorted.filter(
      (at, index) => index === 0 || at - (sorted[index - 1] ?? 0) > SAME_INSTANT_MS,
    );
    this.#spacing = spacing;
  }

  /** The distinct instants, in order. */
  get instants(): readonly number[] {
    return this.#instants;
  }

  get first(): number {
    return this.#instants[0] ?? 0;
  }

  get last(): number {
    return this.#instants.at(-1) ?? 1;
  }

  /** The number of steps between instants. */
  get steps(): number {
    return Math.max(1, this.#instants.length - 1);
  }

  /** The place of a moment on the axis; the nearest end for a moment outside it. */
  place(at: number): number {
    if (at <= this.first) return 0;
    if (at >= this.last) return 1;
    if (this.#spacing === 'true') return (at - this.first) / (this.last - this.first);
    const next = this.#after(at);
    const [before = 0, after = 1] = [this.#instants[next - 1], this.#instants[next]];
    const share = after - before <= SAME_INSTANT_MS ? 0 : (at - before) / (after - before);
    return (next - 1 + share) / this.steps;
  }

  /** The moment at a place of the axis: the inverse of `place`. */
  moment(place: number): number {
    const share = Math.min(1, Math.max(0, place));
    if (this.#spacing === 'true') return this.first + share * (this.last - this.first);
    const before = Math.min(this.steps - 1, Math.floor(share * this.steps));
    const [from = 0, to = from] = [this.#instants[before], this.#instants[before + 1]];
    return from + (share * this.steps - before) * (to - from);
  }

  /** The moments to label within a view, at most `maxCount`: round ones, or a selection of the instants. */
  ticks({ from, to }: View, maxCount: number): number[] {
    if (this.#spacing === 'true') return this.#roundTicks(from, to, maxCount);
    const visible = this.#instants.filter((at) => {
      const place = this.place(at);
      return place >= from && place <= to;
    });
    const every = Math.max(1, Math.ceil(visible.length / Math.max(1, maxCount)));
    const selected = visible.filter((_, index) => index % every === 0);
    return selected.map((at) => Math.round(at * 1000) / 1000);
  }

  #roundTicks(from: number, to: number, maxCount: number): number[] {
    const span = this.last - this.first;
    const begin = this.first + from * span;
    const end = this.first + to * span;
    const rough = Math.max((end - begin) / Math.max(1, maxCount), Number.EPSILON);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => each >= rough) ?? rough;
    const first = Math.ceil(begin / step - 1e-9);
    const count = Math.floor(end / step + 1e-9) - first + 1;
    return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
  }

  /** The index of the first instant after a moment. */
  #after(at: number): number {
    let low = 0;
    let high = this.#instants.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#instants[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, this.#instants.length - 1);
  }
}
