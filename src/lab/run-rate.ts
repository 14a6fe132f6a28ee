/** Each minute forgives one run. */
const MS_PER_RUN = 60_000;

/** How often experiments start: a leaky bucket, which a run fills by one and a minute empties by one. */
export class RunRate {
  readonly #now: () => number;
  #level = 0;
  #at: number;

  /** @param now milliseconds on a clock that never runs back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Seconds until a run may start, 0 if it may now. @param burst runs that may start at once */
  secondsUntilNext(burst: number): number {
    this.#leak();
    return Math.max(0, Math.ceil(((this.#level + 1 - burst) * MS_PER_RUN) / 1000));
  }

  count(): void {
    this.#leak();
    this.#level++;
  }

  #leak(): void {
    const now = this.#now();
    this.#level = Math.max(0, this.#level - (now - this.#at) / MS_PER_RUN);
    this.#at = now;
  }
}
