import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;
const OUTPUT_CHARACTERS_MAX = 8_000;

const children = new Set<Child>();
const folders = new Set<string>();
// However this process exits, no child and no folder of it remains.
process.on('exit', () => {
  for (const child of children) child.kill();
  for (const folder of folders) removeFolder(folder);
});

/** Creates a folder under TMPDIR that is removed with this process at the latest. */
export function createFolder(prefix = 'turnstile-bench-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  folders.delete(folder);
}

interface ChildOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  readonly killSignal?: NodeJS.Signals;
  /** Leads a process group: a kill includes its children, and Ctrl-C does not reach them. */
  readonly group?: boolean;
}

/** A child process and the end of its output. It is killed with this process at the latest. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  readonly #closed: Promise<unknown>;
  #output = '';

  /** @param name for error messages */
  constructor(
    name: string,
    command: string,
    args: readonly string[],
    { group, ...options }: ChildOptions = {},
  ) {
    const detached = group === true && process.platform !== 'win32';
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    this.#name = name;
    this.#options = { ...options, group: detached };
    this.#process = spawn(command, args, { ...options, stdio: [...stdio], detached });
    this.#process.on('error', () => {}); // it has no pid then, which `waitUntil` reports
    this.#closed = once(this.#process, 'close').catch(() => {});
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
    children.add(this);
    void this.#closed.then(() => children.delete(this));
  }

  /** The end of what it printed on stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Waits for the exit. @returns the exit code, `null` after a signal */
  async exit(): Promise<number | null> {
    await this.#closed;
    return this.#process.exitCode;
  }

  /**
   * Polls until a condition is true.
   *
   * @throws Error when the child does not start, exits, or takes too long
   */
  async waitUntil(
    condition: string,
    withinMs: number,
    isTrue: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!(await isTrue())) {
      if (this.#process.pid === undefined) throw new Error(`${this.#name} is not in PATH`);
      if (!this.running) throw new Error(`${this.#name} exited: ${this.#output.trim()}`);
      if (performance.now() > deadline) {
        throw new Error(`${this.#name} was not ${condition} within ${withinMs} ms`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Sends a signal and waits for the exit; after `withinMs` the child is killed. */
  async stop(signal: NodeJS.Signals, withinMs: number): Promise<void> {
    if (this.running) this.#process.kill(signal);
    const late = setTimeout(() => this.kill('SIGKILL'), withinMs);
    await this.#closed;
    clearTimeout(late);
  }

  kill(signal = this.#options.killSignal ?? 'SIGKILL'): void {
    const { pid } = this.#process;
    if (!this.running || pid === undefined) return;
    try {
      process.kill(this.#options.group ? -pid : pid, signal);
    } catch (error) {
      // The child has exited, and its exit event has not arrived yet.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
