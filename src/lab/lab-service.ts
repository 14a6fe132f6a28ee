import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { environmentOf } from '../child-environment.js';
import type { LabRequest } from '../timeline/lab-request.js';
import type { LabQuestion, LabReply, LabStatus } from '../timeline/lab-status.js';
import { UserError } from '../user-error.js';
import { programPath } from './child-process.js';
import { planOf } from './plan.js';
import { RunRate } from './run-rate.js';
import type { RunnerMessage } from './runner.js';
import { isStepped } from './stepping/plan-stepped.js';
import { SteppingService } from './stepping/stepping-service.js';

/** How long a runner may take to exit once it is disconnected. */
const STOP_MS_MAX = 5_000;

/**
 * How many may be started at once before only one a minute may: they slow down real sales. Somebody on this machine
 * tries them out; a level is often started over.
 */
const BURSTS = {
  experiments: { local: 30, others: 5 },
  levels: { local: 120, others: 20 },
} as const;

/** How many experiments are remembered. */
const STATUSES_MAX = 5;

/** The lab of a server: one experiment at a time, in processes that end with this one. */
export class LabService {
  readonly #databaseUrl: string | undefined;
  readonly #stepping = new SteppingService();
  /** By id, the oldest first. */
  readonly #statuses = new Map<string, LabStatus>();
  readonly #rates = { experiments: new RunRate(), levels: new RunRate() };
  #running: { readonly id: string; readonly runner: ChildProcess } | undefined;

  /** @param databaseUrl the server on which a sandbox may create its database, if there is one */
  constructor(databaseUrl: string | undefined) {
    this.#databaseUrl = databaseUrl;
  }

  answer(question: LabQuestion): LabReply | Promise<LabReply> {
    if (question.verb !== 'begin' && this.#stepping.has(question.id)) {
      return this.#stepping.answer(question);
    }
    switch (question.verb) {
      case 'begin':
        return this.#begin(question.request, question.isLocal);
      case 'step':
        return this.#rejectStep(question.id);
      case 'look':
        return this.#statusOf(question.id);
      case 'stop':
        this.#stop(question.id);
        return this.#statusOf(question.id);
    }
  }

  /** Stops the running experiment, if there is one. */
  close(): void {
    if (this.#running !== undefined) this.#stop(this.#running.id);
    this.#stepping.close();
  }

  #begin(request: LabRequest, isLocal: boolean): LabReply | Promise<LabReply> {
    if (this.#running !== undefined || this.#stepping.running) return { kind: 'busy' };
    const kind = isStepped(request) ? 'levels' : 'experiments';
    const rate = this.#rates[kind];
    const retryAfterS = rate.secondsUntilNext(BURSTS[kind][isLocal ? 'local' : 'others']);
    if (retryAfterS > 0) return { kind: 'tooMany', retryAfterS };
    if (kind === 'levels') {
      rate.count();
      return this.#stepping.begin(request);
    }
    let runs: number;
    let title: string;
    try {
      const plans = planOf(request, this.#databaseUrl);
      runs = plans.length;
      title = plans[0]?.title ?? '';
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { kind: 'invalid', why: error.message };
    }
    rate.count();
    const id = randomBytes(9).toString('base64url');
    const progress = { phase: 'starting', run: 1, runs, title } as const;
    this.#save({ id, state: 'running', progress, runs: [] });
    this.#startRunner(id, request);
    return this.#statusOf(id);
  }

  #startRunner(id: string, request: LabRequest): void {
    const databaseUrl = this.#databaseUrl;
    const runner = spawn(process.execPath, [programPath('lab/runner'), JSON.stringify(request)], {
      env: environmentOf(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#running = { id, runner };
    runner.on('message', (message: RunnerMessage) => this.#onMessage(id, message));
    // Not 'close', which is never emitted after a disconnect from this side. Not 'exit' alone, because
    // the last message may still arrive after it.
    Promise.all([once(runner, 'exit'), once(runner, 'disconnect')])
      .catch((error) => this.#onMessage(id, { type: 'failed', why: (error as Error).message }))
      .finally(() => this.#onExit(id));
  }

  #onExit(id: string): void {
    if (this.#running?.id === id) this.#running = undefined;
    const status = this.#statuses.get(id);
    if (status?.state !== 'running') return;
    if (status.runs.length === status.progress.runs) this.#save({ ...status, state: 'done' });
    else this.#onMessage(id, { type: 'failed', why: 'the runner exited too early' });
  }

  #onMessage(id: string, message: RunnerMessage): void {
    const status = this.#statuses.get(id);
    if (status?.state !== 'running') return; // a late message of a stopped experiment
    switch (message.type) {
      case 'progress':
        this.#save({ ...status, progress: message.progress });
        break;
      case 'run':
        this.#save({ ...status, runs: [...status.runs, message.run] });
        break;
      case 'failed':
        this.#save({ ...status, state: 'failed', failure: message.why });
        break;
    }
  }

  /** Disconnects the runner, which makes it exit and remove its sandbox. */
  #stop(id: string): void {
    if (this.#running?.id !== id) return;
    const status = this.#statuses.get(id);
    if (status?.state === 'running') this.#save({ ...status, state: 'stopped' });
    const { runner } = this.#running;
    if (runner.connected) runner.disconnect();
    const timeout = setTimeout(() => runner.kill('SIGKILL'), STOP_MS_MAX).unref();
    runner.once('exit', () => clearTimeout(timeout));
  }

  #rejectStep(id: string): LabReply {
    if (!this.#statuses.has(id)) return { kind: 'unknown' };
    return { kind: 'impossible', why: 'This experiment runs by itself' };
  }

  #statusOf(id: string): LabReply {
    const status = this.#statuses.get(id);
    return status === undefined ? { kind: 'unknown' } : { kind: 'status', status };
  }

  #save(status: LabStatus): void {
    this.#statuses.set(status.id, status);
    const [oldest] = this.#statuses.keys();
    if (this.#statuses.size > STATUSES_MAX && oldest !== undefined) this.#statuses.delete(oldest);
  }
}
