/**
 * Shares runs of a piece of work. Each caller gets a run that began after its call, and all calls
 * during a run share the next one. Runs never overlap, so a thousand callers cost two runs.
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

  async #after(previous: Promise<T> | undefined): Promise<T> {
    await previous?.catch(() => {}); // its own callers get the error
    this.#running = this.#next;
    this.#next = undefined;
    return this.#work();
  }
}
