import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf } from '../../child-environment.js';
import type { SteppedStatus } from '../../timeline/stepped-run.js';
import { canSignalGroups, killGroup, programPath } from '../child-process.js';
import { removeAbandonedFolders } from '../sandbox-folder.js';
import { onlyStep } from './levels.js';
import type {
  RunnerArgs,
  RunnerMessage,
  RunnerQuestion,
  RunQuestion,
  RunReply,
} from './messages.js';
import type { SteppedPlan } from './plan-stepped.js';

/** How long the process of a run may take to exit once it is disconnected. */
const STOP_MS_MAX = 5_000;

/**
 * The process of a stepped run, as the server or the command sees it that started it. The process, and
 * what it started, ends with this one.
 */
export class SteppingProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (reply: RunReply) => void>();
  readonly #changed: (() => void)[] = [];
  #status: SteppedStatus;
  #calls = 0;

  /** Resolves when the process has exited, and its group has been killed. */
  readonly exited: Promise<void>;

  constructor(args: RunnerArgs, plan: SteppedPlan) {
    this.#status = startingStatus(args.id, plan);
    this.#child = spawn(
      process.execPath,
      [programPath('lab/stepping/runner'), JSON.stringify(args)],
      {
        env: environmentOf({}),
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        // A process group of its own: one signal ends its processes too, and Ctrl-C does not reach them.
        detached: canSignalGroups,
      },
    );
    this.#child.on('message', (message: RunnerMessage) => this.#onMessage(message));
    this.exited = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')])
      .catch((error) => this.#fail((error as Error).message))
      .then(() => this.#onExit());
  }

  /** The newest status that is known. */
  get status(): SteppedStatus {
    return this.#status;
  }

  /** Resolves when the run has started or failed, or after `withinMs`. */
  async started(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (this.#status.state === 'starting' && performance.now() < deadline) {
      await this.#nextChange(deadline - performance.now());
    }
  }

  /** Resolves when the process has exited, or after `withinMs`. */
  async ended(withinMs: number): Promise<void> {
    await Promise.race([this.exited, sleep(Math.max(0, withinMs), undefined, { ref: false })]);
  }

  /** Sends a question to the run. After `withinMs` without an answer it replies with the newest known status. */
  async call(question: RunQuestion, withinMs: number): Promise<RunReply> {
    const known = (): RunReply => ({ kind: 'status', status: this.#status });
    const { state } = this.#status;
    if (state !== 'running') {
      if (question.verb !== 'step') return known();
      const why = state === 'starting' ? 'The processes are still starting' : 'The run has ended';
      return { kind: 'impossible', why };
    }
    const number = ++this.#calls;
    const message: RunnerQuestion = { number, question };
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(known()), withinMs);
      const settle = (reply: RunReply) => {
        clearTimeout(timer);
        this.#pending.delete(number);
        resolve(reply);
      };
      this.#pending.set(number, settle);
      this.#child.send(message, () => {}); // if it has just exited, the reply is the known status
    });
  }

  /** Ends the run: the process kills what it started, removes the folder, and exits. */
  stop(): void {
    if (this.#status.state === 'running' || this.#status.state === 'starting') {
      this.#save({ ...this.#status, state: 'stopped' });
    }
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return; // another group may have its number by now
    if (this.#child.connected) this.#child.disconnect();
    const timeout = setTimeout(() => killGroup(this.#child), STOP_MS_MAX).unref();
    this.#child.once('exit', () => clearTimeout(timeout));
  }

  #onMessage(message: RunnerMessage): void {
    switch (message.type) {
      case 'reply':
        if (message.reply.kind === 'status') this.#save(message.reply.status);
        this.#pending.get(message.number)?.(message.reply);
        break;
      case 'status':
        this.#save(message.status);
        break;
      case 'failed':
        this.#fail(message.why);
        break;
    }
  }

  #onExit(): void {
    // If it was killed, its processes may be stopped, and would stay; and so would its folder.
    killGroup(this.#child);
    void removeAbandonedFolders().catch(() => {}); // the next run tries again
    if (['starting', 'running'].includes(this.#status.state)) {
      this.#fail('the process of the run exited too early');
    }
    for (const settle of this.#pending.values()) settle({ kind: 'status', status: this.#status });
  }

  #fail(failure: string): void {
    this.#save({ ...this.#status, state: 'failed', failure });
  }

  #save(status: SteppedStatus): void {
    this.#status = status;
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  #nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#changed.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function startingStatus(id: string, plan: SteppedPlan): SteppedStatus {
  const { level, variant, title, goal, store, lockMode, capacity, actions = onlyStep } = plan;
  return {
    id,
    state: 'starting',
    title,
    ...(level === undefined ? {} : { level }),
    ...(variant === undefined ? {} : { variant }),
    setting: { store, lockMode, capacity },
    actions,
    processes: [],
    toldSold: 0,
    goal: { text: goal, reached: false },
    verdict: { ruling: 'inconclusive', because: 'nothing was sold' },
  };
}
