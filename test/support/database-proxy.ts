import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A COMMIT in PostgreSQL's wire protocol: a simple query, its length, the text and a zero byte. */
const commit = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');
/** The end of a BEGIN whose COMMIT writes nothing. */
const readOnly = Buffer.from('read only\0', 'latin1');

/** A TCP proxy in front of a database that a test can interrupt. */
export class DatabaseProxy {
  readonly #server: Server;
  readonly #to: URL;
  readonly #pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  #silent = false;
  #commitsToLose = 0;
  #commitsLost = 0;

  private constructor(to: URL) {
    this.#to = to;
    this.#server = createServer((near) => this.#join(near));
  }

  /** Starts a proxy to this address. It closes when the test ends. */
  static async forTest(address: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(address));
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => proxy.#close());
    return proxy;
  }

  /** The database's address through this proxy. */
  get address(): string {
    const url = new URL(this.#to);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return url.href;
  }

  get commitsLost(): number {
    return this.#commitsLost;
  }

  /** The next COMMITs that may write reach the database, but their answers are lost. */
  loseAnswersTo(commits: number): void {
    this.#commitsToLose = commits;
  }

  /** Forwards nothing from now on and closes no connection: neither side gets an error. */
  silence(): void {
    for (const { near, far } of this.#pairs) {
      near.pause();
      far.pause();
    }
    this.#silent = true;
  }

  /** Forwards new connections again and resets the silenced ones. */
  restore(): void {
    this.#silent = false;
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  #join(near: Socket): void {
    near.on('error', () => {});
    if (this.#silent) {
      const pair = { near, far: near };
      this.#pairs.add(pair);
      near.once('close', () => this.#pairs.delete(pair));
      return;
    }
    const far = connect({ host: this.#to.hostname, port: Number(this.#to.port) });
    const pair = { near, far };
    this.#pairs.add(pair);
    far.on('error', () => near.destroy());
    let tail: Buffer = Buffer.alloc(0); // what came last, as a message may come in two parts
    let onlyReads = false;
    near.on('data', (bytes) => {
      far.write(bytes);
      const recent = Buffer.concat([tail, bytes]);
      tail = recent.subarray(1 - commit.length);
      if (recent.includes(readOnly)) onlyReads = true;
      if (!recent.includes(commit)) return;
      tail = Buffer.alloc(0);
      const mayWrite = !onlyReads;
      onlyReads = false;
      if (this.#commitsToLose === 0 || !mayWrite) return;
      this.#commitsToLose--;
      this.#commitsLost++;
      far.unpipe(near);
      far.removeAllListeners('data');
      far.resume(); // reads and drops the answer, so that the database does not block on it
      near.resetAndDestroy();
      far.end();
    });
    far.on('data', (bytes) => near.write(bytes));
    far.on('end', () => near.end());
    near.on('close', () => {
      this.#pairs.delete(pair);
      far.end();
    });
    far.on('close', () => near.destroy());
  }

  async #close(): Promise<void> {
    this.restore();
    this.#server.close();
  }
}
