const DELAY_MS_MIN = 1_000;
const DELAY_MS_MAX = 30_000;

/** Retries later and later: each delay is twice the one before, up to a bound. */
export class Backoff {
  #delayMs = DELAY_MS_MIN;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `attempt` after the delay. A retry that still waits is replaced. */
  retry(attempt: () => void): void {
    this.cancel();
    // A random half, because the clients of a server that restarts would all return at once.
    this.#timer = setTimeout(attempt, this.#delayMs * (0.5 + Math.random() / 2));
    this.#delayMs = Math.min(DELAY_MS_MAX, 2 * this.#delayMs);
  }

  /** Cancels a waiting retry. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  /** Cancels a waiting retry; the next delay is the shortest again. */
  reset(): void {
    this.cancel();
    this.#delayMs = DELAY_MS_MIN;
  }
}
