import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SalesHistory } from '../booking/store.js';
import { environmentOf } from '../child-environment.js';
import { buyAtOnce } from '../client/buyers.js';
import { exitCode } from '../exit-codes.js';
import { stores } from '../store/registry.js';
import type { InjectedFault, RaceVerb } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import { canSignalGroups, killGroup, programPath } from './child-process.js';
import { isInDatabase } from './experiment-setting.js';
import { SandboxDatabase } from './sandbox-database.js';
import {
  createSandboxFolder,
  removeAbandonedFolders,
  traceFolder,
  warmUpEventId,
} from './sandbox-folder.js';
import { TraceReader } from './trace.js';

/** On a busy machine every process takes seconds to start. */
const START_MS_MAX = 60_000;
const POLL_MS = 10;

/** Buys per worker before the first run: code that runs for the first time is slow, and not the lesson. */
const WARM_UP_BUYS = 10;

/** When a lease counts as stale in a run with a fault: the smallest value that LOCK_STALE_MS takes. */
const STALE_MS = 2000;

/** How long tickets are held in a race that waits for the end of holds. */
const HOLD_SECONDS = 3;

/** What the server prints once all workers listen. */
const openMessage = /open on (http:\S+)/;

/** Sandboxes that are still open when this process exits are killed and removed with it. */
const openSandboxes = new Set<Sandbox>();
process.on('exit', () => {
  for (const sandbox of openSandboxes) sandbox.remove();
});

export interface SandboxOptions {
  readonly setting: Setting;
  readonly injectedFault?: InjectedFault | undefined;
  /** What its clients race for; missing: to buy. */
  readonly verb?: RaceVerb | undefined;
  /** How many equal events it has: one for each run. */
  readonly events?: number;
  /** The server on which it creates its database, if it needs one. */
  readonly databaseUrl?: string | undefined;
}

/**
 * A real server with real worker processes, in a temporary folder, and with a temporary database if
 * its store needs one. It is independent of any server that started it, and is removed when this
 * process exits, for whatever reason.
 */
export class Sandbox {
  readonly setting: Setting;
  readonly folder: string;
  readonly trace: TraceReader;
  readonly #injectedFault: InjectedFault | undefined;
  readonly #verb: RaceVerb | undefined;
  readonly #database: SandboxDatabase | undefined;
  readonly #server: ChildProcess;
  #stdout = '';
  #stderr = '';
  #url: URL | undefined;

  private constructor(
    { setting, injectedFault, verb, events = 1 }: SandboxOptions,
    database: SandboxDatabase | undefined,
  ) {
    this.setting = setting;
    this.#injectedFault = injectedFault;
    this.#verb = verb;
    this.#database = database;
    this.folder = createSandboxFolder(events, setting.capacity);
    openSandboxes.add(this);
    this.trace = new TraceReader(traceFolder(this.folder));
    this.#server = this.#start();
    this.#server.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
    });
    this.#server.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-2_000);
    });
  }

  /**
   * Starts a sandbox and waits until all of its workers listen.
   *
   * @throws UserError if it gets no database; Error with its stderr if the server does not start
   */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    await removeAbandonedFolders();
    const { setting, databaseUrl = '' } = options;
    const inDatabase = isInDatabase(setting.store);
    const database = inDatabase ? await SandboxDatabase.create(databaseUrl) : undefined;
    const sandbox = new Sandbox(options, database);
    try {
      await sandbox.until('is open', START_MS_MAX, async () => {
        const url = openMessage.exec(sandbox.#stdout)?.[1];
        if (url !== undefined) sandbox.#url = new URL(url);
        return url !== undefined;
      });
      await sandbox.#warmUp();
      return sandbox;
    } catch (error) {
      sandbox.remove();
      throw error;
    }
  }

  get url(): URL {
    if (this.#url === undefined) throw new Error('the sandbox does not listen');
    return this.#url;
  }

  /** Whether the server stopped itself because an update was lost in spite of a lock. */
  get stoppedByDamage(): boolean {
    return this.#server.exitCode === exitCode.damaged;
  }

  /** What was sold, according to the folder or the database. */
  history(): Promise<SalesHistory> {
    return stores[this.setting.store].history(this.#database?.address ?? this.folder);
  }

  /**
   * Polls until a condition is true.
   *
   * @param what the condition, for the error message: `is open`
   * @throws Error if it takes too long, or the server exits
   */
  async until(what: string, withinMs: number, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const { exitCode: code, signalCode } = this.#server;
      if (code !== null || signalCode !== null) {
        const reason = this.#stderr.trim() || (signalCode ?? code);
        throw new Error(`the sandbox exited: ${reason}`);
      }
      if (await isTrue()) return;
      if (performance.now() > deadline) {
        throw new Error(`timed out after ${withinMs} ms, waiting until the sandbox ${what}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Kills all its processes, including stopped ones, and removes its folder and its database. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    const running = this.#server.exitCode === null && this.#server.signalCode === null;
    killGroup(this.#server);
    if (running) await closed;
    await this.#database?.close();
    this.remove();
  }

  /** Does the same, but waits for nothing. */
  remove(): void {
    killGroup(this.#server);
    this.#database?.release();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    openSandboxes.delete(this);
  }

  #start(): ChildProcess {
    const { store, lockMode, batchMax, workers, windowMs } = this.setting;
    const fault = this.#injectedFault;
    const database = this.#database;
    const args = [this.folder, ...(fault === undefined ? [] : [fault])];
    return spawn(process.execPath, [programPath('app/sandbox-server'), ...args], {
      env: environmentOf({
        STORE: store,
        LOCK_MODE: lockMode,
        BATCH_MAX: batchMax,
        WORKERS: workers,
        RACE_WINDOW_MS: windowMs,
        HOST: '127.0.0.1',
        PORT: 0,
        DATA_DIR: this.folder,
        ...(database === undefined ? {} : { DATABASE_URL: database.address }),
        ...(this.#verb === 'confirm' ? { HOLD_SECONDS } : {}),
        LAB: 'off',
        LOG_LEVEL: fault === undefined ? 'error' : 'silent',
        ...(fault === undefined ? {} : { LOCK_STALE_MS: STALE_MS }),
      }),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Its own process group: one signal ends the workers too, and Ctrl-C does not reach them.
      detached: canSignalGroups,
    });
  }

  /** A run with a fault is not warmed up: the fault would be injected into a warm-up buy. */
  async #warmUp(): Promise<void> {
    const buys = this.#injectedFault === undefined ? WARM_UP_BUYS * this.setting.workers : 0;
    for (let buy = 0; buy < buys; buy++) await buyAtOnce(this.url, warmUpEventId, 1);
  }
}
