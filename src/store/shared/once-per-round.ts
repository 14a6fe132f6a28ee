import { setImmediate as endOfRound } from 'node:timers/promises';

/**
 * Runs a piece of work once for all calls of one round of the event loop, after the last of them: what it
 * reads is as new as every caller needs, and a crowd of requests costs one read.
 */
export class OncePerRound<T> {
  readonly #work: () => Promise<T>;
  #coming: Promise<T> | undefined;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  /** Resolves with a run that begins after this call. */
  run(): Promise<T> {
    this.#coming ??= this.#atItsEnd();
    return this.#coming;
  }

  async #atItsEnd(): Promise<T> {
    await endOfRound();
    this.#coming = undefined;
    return this.#work();
  }
}
