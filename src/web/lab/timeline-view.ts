import { type Spacing, type View, whole } from '../../timeline/axis.js';

/** The smallest share of the axis that can be shown. */
const VIEW_MIN: Readonly<Record<Spacing, number>> = { true: 0.0005, even: 0.01 };

/** The part of the axis that is shown: zoomed and panned, always within the axis. */
export class TimelineView {
  readonly #onChange: () => void;
  #view: View = whole;
  #spacing: Spacing;

  constructor(spacing: Spacing, onChange: () => void) {
    this.#spacing = spacing;
    this.#onChange = onChange;
  }

  get current(): View {
    return this.#view;
  }

  get spacing(): Spacing {
    return this.#spacing;
  }

  get isWhole(): boolean {
    return this.#view.to - this.#view.from >= 1;
  }

  /** Shows the whole axis, with another spacing. */
  setSpacing(spacing: Spacing): void {
    this.#spacing = spacing;
    this.show(whole);
  }

  show({ from, to }: View): void {
    const length = Math.min(1, Math.max(VIEW_MIN[this.#spacing], to - from));
    const begin = Math.min(1 - length, Math.max(0, from));
    this.#view = { from: begin, to: begin + length };
    this.#onChange();
  }

  /**
   * @param factor above 1 to zoom out
   * @param around the place on the axis that stays fixed; the middle by default
   */
  zoom(factor: number, around?: number): void {
    const { from, to } = this.#view;
    const fixed = around ?? (from + to) / 2;
    this.show({ from: fixed - (fixed - from) * factor, to: fixed + (to - fixed) * factor });
  }

  /** @param share of what is shown, positive towards the end */
  pan(share: number): void {
    const { from, to } = this.#view;
    const by = (to - from) * share;
    this.show({ from: from + by, to: to + by });
  }

  /** Pans so that a place on the axis is shown. */
  reveal(place: number): void {
    const { from, to } = this.#view;
    if (place < from || place > to) this.pan((place - (from + to) / 2) / (to - from));
  }
}
