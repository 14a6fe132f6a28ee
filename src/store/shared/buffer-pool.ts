/** A few buffers that many callers share: at most one caller at a time uses each. */
export class BufferPool {
  readonly #free: Buffer[];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];

  constructor(count: number, bytes: number) {
    this.#free = Array.from({ length: count }, () => Buffer.alloc(bytes));
  }

  /** Waits for a buffer, lends it to `use`, and takes it back when that settles. */
  async run<T>(use: (buffer: Buffer) => Promise<T>): Promise<T> {
    const buffer =
      this.#free.pop() ?? (await new Promise<Buffer>((next) => this.#waiting.push(next)));
    try {
      return await use(buffer);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(buffer);
      else next(buffer);
    }
  }
}
