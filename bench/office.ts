import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stores } from '../src/store/registry.js';
import { judge, type Verdict } from '../src/verdict/judge.js';
import type { Row } from './rows.js';

const START_MS_MAX = 20_000;
const REST_MS_MAX = 20_000;
const REST_LOOK_MS = 10;
/** The office ends its own workers before. */
const STOP_MS_MAX = 12_000;

/** What the office prints when every worker listens. */
const opened = /open on (http:\S+)/;

/** Whoever is still in here when this process ends is ended and removed with it. */
const offices = new Set<BenchOffice>();
process.on('exit', () => {
  for (const office of offices) {
    office.kill();
    office.remove();
  }
});

/** A real office of one row: the built program, with a folder and a port of its own. */
export class BenchOffice {
  readonly row: Row;
  /** Where its sales lie. */
  readonly #place: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'turnstile-bench-'));
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #printed = '';
  #complaints = '';
  #url: URL | undefined;

  private constructor(row: Row, workers: number, durability: string, address?: string) {
    this.row = row;
    this.#place = address ?? this.#folder;
    offices.add(this);
    const program = fileURLToPath(new URL(`../${row.program}`, import.meta.url));
    this.#child = spawn(process.execPath, [program], {
      // Nothing else of this environment: a LOCK_MODE set there would measure something else.
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: '0',
        WORKERS: String(workers),
        DATA_DIR: this.#folder,
        DURABILITY: durability,
        LOG_LEVEL: 'error',
        ...(address === undefined ? {} : { DATABASE_URL: address }),
        ...row.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: one signal ends the workers too, and Ctrl-C reaches only this process.
      detached: canSignalGroups,
    });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#printed += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#complaints = (this.#complaints + text).slice(-2_000);
    });
  }

  /**
   * Starts an office and waits until all of its workers listen.
   *
   * @param address the database that it sells from, if it sells from one
   * @throws Error with what it complained of, when they do not
   */
  static async start(
    row: Row,
    workers: number,
    durability: string,
    address?: string,
  ): Promise<BenchOffice> {
    const office = new BenchOffice(row, workers, durability, address);
    try {
      await office.#until('opens', START_MS_MAX, async () => {
        const url = opened.exec(office.#printed)?.[1];
        if (url !== undefined) office.#url = new URL(url);
        return url !== undefined;
      });
      return office;
    } catch (error) {
      office.kill();
      office.remove();
      throw error;
    }
  }

  get url(): URL {
    if (this.#url === undefined) throw new Error(`${this.row.name} does not listen`);
    return this.#url;
  }

  /**
   * Waits until no worker has a buy left. The load goes away without waiting for its last answers,
   * and an office that still sells would slow down the next one.
   */
  async rest(): Promise<void> {
    await this.#until('comes to rest', REST_MS_MAX, async () => {
      return (await this.#metric('turnstile_buys_waiting')) === 0;
    });
  }

  /** What the workers have used of the processors so far, in seconds. */
  cpuSeconds(): Promise<number> {
    return this.#metric('process_cpu_seconds_total');
  }

  /** Asks the office to close, and ends it when it does not. */
  async stop(): Promise<void> {
    if (this.#running) this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.kill(), STOP_MS_MAX);
    await this.#ended;
    clearTimeout(late);
  }

  /** The verdict over all that a stopped office sold, or nothing for one that sells nothing. */
  async verdict(): Promise<Verdict | undefined> {
    const { store } = this.row;
    return store === undefined ? undefined : judge(await stores[store].history(this.#place));
  }

  /** Ends it at once, workers too. */
  kill(): void {
    if (!this.#running || this.#child.pid === undefined) return;
    try {
      if (canSignalGroups) process.kill(-this.#child.pid, 'SIGKILL');
      else this.#child.kill('SIGKILL');
    } catch (error) {
      // It ended by itself, and this process has not heard of it yet.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Removes the folder of an office that has ended. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    offices.delete(this);
  }

  /** A metric without labels, summed over the workers. */
  async #metric(name: string): Promise<number> {
    const text = await (await fetch(new URL('/metrics', this.url))).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`${this.row.name} has no metric ${name}`);
    return Number(line.slice(name.length));
  }

  get #running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #until(what: string, withinMs: number, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      if (!this.#running) throw new Error(`${this.row.name} ended: ${this.#complaints.trim()}`);
      if (await isTrue()) return;
      if (performance.now() > deadline) {
        throw new Error(`waited ${withinMs} ms until ${this.row.name} ${what}, in vain`);
      }
      await sleep(REST_LOOK_MS);
    }
  }
}

/** Windows has no process groups; there the workers end because their primary is gone. */
const canSignalGroups = process.platform !== 'win32';
