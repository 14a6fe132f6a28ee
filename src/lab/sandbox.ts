import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SalesHistory } from '../booking/store.js';
import type { TicketEvent } from '../booking/inventory.js';
import { buyAtOnce } from '../client/buyers.js';
import { environmentOf } from '../settings.js';
import { stores } from '../store/registry.js';
import type { InjectedFault, Setting } from '../timeline/report.js';
import { programPath } from './program-path.js';
import { SandboxDatabase } from './sandbox-database.js';
import { isInDatabase } from './setting.js';
import { TraceReader } from './trace-reader.js';

/** A machine with much else to do needs seconds for every process. */
const START_MS_MAX = 60_000;
const LOOK_MS = 10;

/** Buys before the first run, one after the other: code that never ran is slow, and is no lesson. */
const WARM_UP_BUYS = 10;
const WARM_UP = 'warm-up';

const PREFIX = 'turnstile-lab-';

/** When a lease counts as abandoned, where somebody is killed or stopped: as soon as it can. */
const STALE_MS = 2000;

/** What the office prints when every worker listens. */
const opened = /open on (http:\S+)/;

/** Whoever is still in here when this process ends is ended and removed with it. */
const sandboxes = new Set<Sandbox>();
process.on('exit', () => {
  for (const sandbox of sandboxes) sandbox.remove();
});

/** What a sandbox is opened with. */
export interface SandboxOptions {
  readonly setting: Setting;
  readonly disturbance?: InjectedFault | undefined;
  /** Events that are alike, for so many runs, one after the other. */
  readonly events?: number;
  /** The server on which it makes its database, if it needs one. */
  readonly databaseUrl?: string | undefined;
}

/** `run-1`, `run-2`, …: what is sold in a sandbox. */
export const eventIdOf = (run: number): string => `run-${run}`;

/**
 * A real office, of real processes, in a temporary folder, and with a temporary database where its
 * store needs one. It knows nothing of the office that may
 * have started it, and is gone when this process is, whatever it ended of.
 */
export class Sandbox {
  readonly setting: Setting;
  readonly disturbance: InjectedFault | undefined;
  readonly trace: TraceReader;
  readonly #folder: string;
  readonly #database: SandboxDatabase | undefined;
  readonly #child: ChildProcess;
  #printed = '';
  #complaints = '';
  #url: URL | undefined;

  private constructor(
    { setting, disturbance, events = 1 }: SandboxOptions,
    database: SandboxDatabase | undefined,
  ) {
    this.setting = setting;
    this.#database = database;
    this.disturbance = disturbance;
    this.#folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    sandboxes.add(this);
    const traces = join(this.#folder, 'trace');
    mkdirSync(traces);
    this.trace = new TraceReader(traces);
    const tickets = { version: 0, events: eventsOf(events, setting.capacity) };
    writeFileSync(join(this.#folder, 'tickets.seed.json'), JSON.stringify(tickets));
    const results = disturbance === undefined ? [] : [disturbance];
    this.#child = spawn(
      process.execPath,
      [programPath('app/sandbox-server'), this.#folder, ...results],
      {
        env: environmentOf({
          STORE: setting.store,
          LOCK_MODE: setting.lockMode,
          BATCH_MAX: setting.batchMax,
          WORKERS: setting.workers,
          RACE_WINDOW_MS: setting.windowMs,
          HOST: '127.0.0.1',
          PORT: 0,
          DATA_DIR: this.#folder,
          ...(database === undefined ? {} : { DATABASE_URL: database.address }),
          LAB: 'off',
          LOG_LEVEL: disturbance === undefined ? 'error' : 'silent',
          ...(disturbance === undefined ? {} : { LOCK_STALE_MS: STALE_MS }),
        }),
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // A group of its own: one signal ends the workers too, and Ctrl-C reaches only this process.
        detached: canSignalGroups,
      },
    );
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#printed += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#complaints = (this.#complaints + text).slice(-2_000);
    });
  }

  /**
   * Starts one and waits until all of its workers listen.
   *
   * @throws UnusableError when it gets no database; Error with what it complained of, when it does
   *   not open
   */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    await sweep();
    const { setting, databaseUrl = '' } = options;
    const inDatabase = isInDatabase(setting.store);
    const database = inDatabase ? await SandboxDatabase.create(databaseUrl) : undefined;
    const sandbox = new Sandbox(options, database);
    try {
      await sandbox.until('opens', START_MS_MAX, async () => {
        const url = opened.exec(sandbox.#printed)?.[1];
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

  /** What the folder or the database says was sold. */
  history(): Promise<SalesHistory> {
    return stores[this.setting.store].history(this.#database?.address ?? this.#folder);
  }

  /** The process that a disturbance befell, if it did. Asked again after `calmDown`, the next one. */
  get claim(): string {
    return join(this.#folder, 'disturbed');
  }

  /** Waits until something is true of it. */
  async until(what: string, withinMs: number, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) {
        throw new Error(
          `the sandbox ended: ${this.#complaints.trim() || (signalCode ?? exitCode)}`,
        );
      }
      if (await isTrue()) return;
      if (performance.now() > deadline) {
        throw new Error(`waited ${withinMs} ms until the sandbox ${what}, in vain`);
      }
      await sleep(LOOK_MS);
    }
  }

  /** Ends every process of it, stopped ones too, and removes its folder and its database. */
  async close(): Promise<void> {
    const ended = once(this.#child, 'close');
    const running = this.#child.exitCode === null && this.#child.signalCode === null;
    this.#kill();
    if (running) await ended;
    await this.#database?.close();
    this.remove();
  }

  /** The same at once: nobody is waited for. */
  remove(): void {
    this.#kill();
    this.#database?.letGo();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    sandboxes.delete(this);
  }

  /** A disturbance would not wait for the run. */
  async #warmUp(): Promise<void> {
    const buys = this.disturbance === undefined ? WARM_UP_BUYS * this.setting.workers : 0;
    for (let buy = 0; buy < buys; buy++) await buyAtOnce(this.url, WARM_UP, 1);
  }

  #kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      if (canSignalGroups) process.kill(-this.#child.pid, 'SIGKILL');
      else this.#child.kill('SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // all are gone
    }
  }
}

/** Windows has no process groups; there the workers end because their primary is gone. */
const canSignalGroups = process.platform !== 'win32';

function eventsOf(count: number, capacity: number): Record<string, TicketEvent> {
  const event: TicketEvent = {
    name: 'The experiment',
    venue: 'The lab',
    startsAt: '2030-01-01T20:00:00+00:00',
    price: { amount: 1000, currency: 'EUR' },
    capacity,
    remaining: capacity,
  };
  const runs = Array.from({ length: count }, (_, index) => [eventIdOf(index + 1), event]);
  return Object.fromEntries([...runs, [WARM_UP, { ...event, ...soManyTickets }]]);
}

const soManyTickets = { capacity: 1_000, remaining: 1_000 };

/** Removes the folders of labs that were killed together with their office, so that nobody else could. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || runs(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {}); // not ours
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
