import { clientOf } from './client-limit.js';
import { ProblemError } from './problems.js';

const WINDOW_MS = 60_000;

/** Clients that are remembered; with more of them, the oldest are forgotten. */
const CLIENTS_MAX = 10_000;

/**
 * Bounds how many wrong secrets one client may send in a minute. Then it has to wait, with a right one
 * too: otherwise guessing on would pay. It costs time, and locks no client out for good.
 */
export class WrongAttempts {
  readonly #max: number;
  readonly #clients = new Map<string, { count: number; readonly since: number }>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws ProblemError `too-many-attempts` if the client has to wait */
  check(address: string): void {
    const found = this.#current(clientOf(address));
    if (found === undefined || found.count < this.#max) return;
    const waitMs = found.since + WINDOW_MS - performance.now();
    throw new ProblemError('too-many-attempts', {}, Math.max(1, Math.ceil(waitMs / 1000)));
  }

  /** Counts a wrong one. */
  add(address: string): void {
    const client = clientOf(address);
    const found = this.#current(client);
    if (found !== undefined) found.count++;
    else this.#clients.set(client, { count: 1, since: performance.now() });
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > CLIENTS_MAX && oldest !== undefined) this.#clients.delete(oldest);
  }

  #current(client: string) {
    const found = this.#clients.get(client);
    if (found === undefined || performance.now() - found.since < WINDOW_MS) return found;
    this.#clients.delete(client);
    return undefined;
  }
}
