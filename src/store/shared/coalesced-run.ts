/**
 * Runs a piece of work for everyone who asks: each caller gets a run that began after the call, and
 * all who call while one is under way share the next. One at a time, so a thousand callers cost two.
 */
export class CoalescedRun<T> {
  readonly #work: () => Promise<T>;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  /** Resolves with a run that began after this call. */
  run(): Promise<T> {
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(earlier: Promise<T> | undefined): Promise<T> {
    await earlier?.catch(() => {}); // its callers are told
    this.#running = this.#next;
    this.#next = undefined;
    return this.#work();
  }
}
