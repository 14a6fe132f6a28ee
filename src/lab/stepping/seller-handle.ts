import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { environmentOf } from '../../child-environment.js';
import type { SteppedProcess } from '../../timeline/stepped-run.js';
import type { SellerCommand, SellerMessage, SellerTask } from './messages.js';

/** A process of a stepped run, as the run sees it. */
export class SellerHandle {
  readonly name: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #locks: readonly string[] | undefined;
  /** Emits `change` with every message of the process, and when it exits. */
  readonly #changes = new EventEmitter();
  readonly #holds = new Set<string>();
  #next: string | undefined;
  #waitingFor: string | undefined;
  #believes: string | undefined;
  #stopped = false;
  #done = false;
  #exited = false;
  #killedHolding = false;

  /** @param program the path of its program */
  constructor(name: string, program: string, task: SellerTask) {
    this.name = name;
    this.#locks = task.locks;
    this.#child = spawn(process.execPath, [program, JSON.stringify(task)], {
      env: environmentOf({}),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.on('message', (message: SellerMessage) => this.#onMessage(message));
    this.#child.on('error', () => this.#onExit()); // it could not be started
    this.#child.on('exit', () => this.#onExit());
  }

  get ended(): boolean {
    return this.#done || this.#exited;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get waitingFor(): string | undefined {
    return this.#waitingFor;
  }

  /** Whether it was killed while it held a lock. */
  get killedHolding(): boolean {
    return this.#killedHolding;
  }

  get held(): boolean {
    return this.#next !== undefined;
  }

  holds(lock: string): boolean {
    return !this.ended && this.#holds.has(lock);
  }

  status(): SteppedProcess {
    const ended = this.ended;
    return {
      pid: this.pid,
      name: this.name,
      state: this.#state(),
      ...(ended || this.#next === undefined ? {} : { next: this.#next }),
      ...(ended || this.#waitingFor === undefined ? {} : { waitingFor: this.#waitingFor }),
      ...(this.#locks === undefined ? {} : { locks: this.#locks }),
      holds: ended ? [] : [...this.#holds],
      ...(this.#believes === undefined ? {} : { believes: this.#believes }),
    };
  }

  /** Lets it make the step that it is held before. */
  go(): void {
    this.#next = undefined;
    this.#child.send({ type: 'go' } satisfies SellerCommand, () => {}); // it may have just died
  }

  stop(): void {
    this.#stopped = true;
    this.#child.kill('SIGSTOP');
  }

  continue(): void {
    this.#stopped = false;
    this.#child.kill('SIGCONT');
  }

  /** Ends it at once, also if it is stopped. */
  kill(): void {
    if (!this.ended) this.#killedHolding = this.#holds.size > 0;
    this.#child.kill('SIGKILL');
  }

  /**
   * Resolves when a condition on this process is true, or at a deadline.
   *
   * @param deadline in milliseconds of `performance.now()`
   * @returns whether it is true
   */
  async until(isTrue: () => boolean, deadline: number): Promise<boolean> {
    const signal = AbortSignal.timeout(Math.max(0, Math.ceil(deadline - performance.now())));
    while (!isTrue()) {
      try {
        await once(this.#changes, 'change', { signal });
      } catch {
        return isTrue();
      }
    }
    return true;
  }

  #state(): SteppedProcess['state'] {
    if (this.#done) return 'done';
    if (this.#exited) return 'killed';
    if (this.#stopped) return 'stopped';
    if (this.#next !== undefined) return 'held';
    return this.#waitingFor === undefined ? 'running' : 'waiting';
  }

  #onMessage(message: SellerMessage): void {
    switch (message.type) {
      case 'held':
        this.#next = message.next;
        this.#believes = message.believes;
        break;
      case 'waiting':
        this.#waitingFor = message.lock;
        break;
      case 'acquired':
        this.#waitingFor = undefined;
        this.#holds.add(message.lock);
        break;
      case 'released':
        this.#holds.delete(message.lock);
        break;
      case 'done':
        this.#done = true;
        this.#believes = message.believes;
        break;
    }
    this.#changes.emit('change');
  }

  #onExit(): void {
    this.#exited = true;
    this.#changes.emit('change');
  }
}
