/** The least time between two logs of one kind. */
const INTERVAL_MS = 10_000;

/**
 * Logs the first event of a kind at once, and then at most one per interval, with the number that were
 * suppressed: a full disk fails every batch, thousands of times a second. Kinds must be few and known;
 * nothing that a client sends may become one.
 */
export class LogThrottle {
  readonly #kinds = new Map<string, { loggedAt: number; suppressed: number }>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** @param write is called unless the event is suppressed */
  log(kind: string, write: (suppressed: number) => void): void {
    const now = this.#now();
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.loggedAt < INTERVAL_MS) {
      last.suppressed++;
      return;
    }
    this.#kinds.set(kind, { loggedAt: now, suppressed: 0 });
    write(last?.suppressed ?? 0);
  }
}
