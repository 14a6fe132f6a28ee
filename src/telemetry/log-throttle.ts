/** What goes on and on is said once in this time. */
const AGAIN_MS = 10_000;

/**
 * Says the first of a kind at once and then one in a while, with how many were kept back meanwhile: a
 * full disk fails every batch, and a thousand lines a second would only fill it more. Kinds are few
 * and known; nothing that a client sends may be one.
 */
export class LogThrottle {
  readonly #kinds = new Map<string, { saidAt: number; suppressed: number }>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  say(kind: string, say: (suppressed: number) => void): void {
    const now = this.#now();
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.saidAt < AGAIN_MS) {
      last.suppressed++;
      return;
    }
    this.#kinds.set(kind, { saidAt: now, suppressed: 0 });
    say(last?.suppressed ?? 0);
  }
}
