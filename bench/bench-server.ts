import { constants, cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judge, type Ruling } from '../src/verdict/judge.js';
import { Child, createFolder, removeFolder } from './child-process.js';
import type { ServerSetup } from './server-setup.js';

const START_MS_MAX = 60_000;
const IDLE_MS_MAX = 20_000;
/** Longer than the server's own limit for its workers. */
const STOP_MS_MAX = 12_000;

/** The first address that it prints, when all of its workers listen. */
const listening = /http:\/\/127\.0\.0\.1:\d+/;

export interface BenchServerOptions {
  /** The URL of the database that it sells from. */
  readonly databaseUrl?: string | undefined;
  /** Its folder starts as a copy of this one. */
  readonly startFolder?: string | undefined;
}

export interface SalesVerdict {
  readonly verdict: Ruling;
  readonly lostUpdates: number;
  readonly stillOnSale: number;
  readonly duplicates: number;
  readonly oversold: number;
}

/** A running server: the built program, with its own processes, folder and port. */
export class BenchServer {
  readonly setup: ServerSetup;
  readonly #folder = createFolder();
  readonly #location: string;
  readonly #child: Child;

  private constructor(setup: ServerSetup, { databaseUrl, startFolder }: BenchServerOptions) {
    this.setup = setup;
    this.#location = databaseUrl ?? this.#folder;
    // Where the file system can, no byte is copied until it is written to.
    const mode = constants.COPYFILE_FICLONE;
    if (startFolder !== undefined) cpSync(startFolder, this.#folder, { recursive: true, mode });
    const program = fileURLToPath(new URL(`../${setup.program}`, import.meta.url));
    this.#child = new Child(setup.name, process.execPath, [program, ...(setup.args ?? [])], {
      group: true,
      // Not the caller's environment: a LOCK_MODE in it would change what is measured.
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: '0',
        WORKERS: String(setup.workers),
        DATA_DIR: this.#folder,
        DURABILITY: 'fsync',
        LOG_LEVEL: 'error',
        ...(databaseUrl && {
          [databaseUrl.startsWith('redis') ? 'REDIS_URL' : 'DATABASE_URL']: databaseUrl,
        }),
        ...setup.settings,
      },
    });
  }

  /**
   * Starts a server and waits until all of its workers listen.
   *
   * @throws Error with its output when they do not
   */
  static async start(setup: ServerSetup, options: BenchServerOptions): Promise<BenchServer> {
    const server = new BenchServer(setup, options);
    try {
      const isListening = () => listening.test(server.#child.output);
      await server.#child.waitUntil('listening', START_MS_MAX, isListening);
      return server;
    } catch (error) {
      server.remove();
      throw error;
    }
  }

  get url(): URL {
    return new URL(listening.exec(this.#child.output)?.[0] ?? '');
  }

  /** Waits until no buy is in progress: the load stops without waiting for its last answers. */
  async waitUntilIdle(): Promise<void> {
    if (this.setup.hasMetrics === false) return;
    await this.#child.waitUntil('idle', IDLE_MS_MAX, async () => {
      const metrics = await fetch(new URL('/metrics', this.url));
      return /^turnstile_buys_waiting 0$/m.test(await metrics.text());
    });
  }

  async stop(): Promise<void> {
    await this.#child.stop('SIGINT', STOP_MS_MAX);
  }

  /** Judges everything that the stopped server sold, the warm-up included. */
  async judgeSales(): Promise<SalesVerdict | undefined> {
    if (this.setup.history === undefined) return undefined;
    const history = await this.setup.history(this.#location);
    const { verdict, lostUpdates, stillOnSale, events } = judge(history);
    const total = (count: 'duplicates' | 'oversold') =>
      events.reduce((sum, event) => sum + event[count], 0);
    const [duplicates, oversold] = [total('duplicates'), total('oversold')];
    return { verdict, lostUpdates, stillOnSale, duplicates, oversold };
  }

  /** Kills the server, if it still runs, and removes its folder. */
  remove(): void {
    this.#child.kill();
    removeFolder(this.#folder);
  }
}
