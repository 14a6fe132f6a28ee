/** How time is laid out: as long as it took, or every instant as far from the next as any other. */
export type Spacing = 'true' | 'even';

/** A part of the axis, both from 0 to 1. */
export interface View {
  readonly from: number;
  readonly to: number;
}

export const whole: View = { from: 0, to: 1 };

/** Instants closer than this, in milliseconds, are one: they would lie on each other. */
const SAME_MS = 0.0005;

/**
 * Time as a number from 0 to 1. What matters lies microseconds apart beside waits of milliseconds, so
 * besides the true scale there is one where every instant at which something happens takes one step.
 */
export class Axis {
  readonly #instants: readonly number[];
  readonly #spacing: Spacing;

  /** @param instants all that shall be seen, in any order */
  constructor(instants: readonly number[], spacing: Spacing) {
    const sorted = instants.toSorted((a, b) => a - b);
    this.#instants = sorted.filter(
      (at, index) => index === 0 || at - (sorted[index - 1] ?? 0) > SAME_MS,
    );
    this.#spacing = spacing;
  }

  get first(): number {
    return this.#instants[0] ?? 0;
  }

  get last(): number {
    return this.#instants.at(-1) ?? 1;
  }

  /** Steps between instants. */
  get steps(): number {
    return Math.max(1, this.#instants.length - 1);
  }

  /** Where on the axis a moment lies; outside of it, at its ends. */
  place(at: number): number {
    if (at <= this.first) return 0;
    if (at >= this.last) return 1;
    if (this.#spacing === 'true') return (at - this.first) / (this.last - this.first);
    const next = this.#after(at);
    const [before = 0, after = 1] = [this.#instants[next - 1], this.#instants[next]];
    const part = after - before <= SAME_MS ? 0 : (at - before) / (after - before);
    return (next - 1 + part) / this.steps;
  }

  /** Moments to be named within a view, at most so many: round ones, or some of the instants. */
  ticks({ from, to }: View, most: number): number[] {
    if (this.#spacing === 'true') return this.#roundTicks(from, to, most);
    const seen = this.#instants.filter((at) => {
      const place = this.place(at);
      return place >= from && place <= to;
    });
    const every = Math.max(1, Math.ceil(seen.length / Math.max(1, most)));
    const some = seen.filter((_, index) => index % every === 0);
    return some.map((at) => Math.round(at * 1000) / 1000);
  }

  #roundTicks(from: number, to: number, most: number): number[] {
    const span = this.last - this.first;
    const begin = this.first + from * span;
    const end = this.first + to * span;
    const rough = Math.max((end - begin) / Math.max(1, most), Number.EPSILON);
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
