import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { environmentOf } from '../settings.js';
import type { LabQuestion, LabReply, LabRequest, LabStatus } from '../timeline/report.js';
import { UserError } from '../user-error.js';
import { planOf } from './plan.js';
import { programPath } from './program-path.js';
import type { RunnerMessage } from './runner.js';

/** How long a runner may take to end once it is let go of. */
const STOP_MS_MAX = 5_000;

/** How many experiments are remembered. */
const KEPT_MAX = 5;

/** The lab of an office: one experiment at a time, in processes that end with this one. */
export class LabService {
  readonly #databaseUrl: string | undefined;
  readonly #kept = new Map<string, LabStatus>();
  #running: { readonly id: string; readonly child: ChildProcess } | undefined;

  /** @param databaseUrl the server on which a sandbox may make its database, if there is one */
  constructor(databaseUrl: string | undefined) {
    this.#databaseUrl = databaseUrl;
  }

  answer(question: LabQuestion): LabReply {
    switch (question.verb) {
      case 'begin':
        return this.#begin(question.request);
      case 'look':
        return this.#statusOf(question.id);
      case 'stop':
        this.#stop(question.id);
        return this.#statusOf(question.id);
    }
  }

  /** Ends what runs, without a trace. */
  close(): void {
    if (this.#running !== undefined) this.#stop(this.#running.id);
  }

  #begin(request: LabRequest): LabReply {
    if (this.#running !== undefined) return { kind: 'busy' };
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
    const id = randomBytes(9).toString('base64url');
    const progress = { phase: 'starting', run: 1, runs, title } as const;
    this.#keep({ id, state: 'running', progress, runs: [] });
    this.#run(id, request);
    return this.#statusOf(id);
  }

  #run(id: string, request: LabRequest): void {
    const databaseUrl = this.#databaseUrl;
    const child = spawn(process.execPath, [programPath('lab/runner'), JSON.stringify(request)], {
      env: environmentOf(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#running = { id, child };
    child.on('message', (message: RunnerMessage) => this.#onMessage(id, message));
    // Not 'close', which never comes of a channel that was closed from here; and not the exit alone,
    // after which the last report may still be on its way.
    Promise.all([once(child, 'exit'), once(child, 'disconnect')])
      .catch((error) => this.#onMessage(id, { type: 'failed', why: (error as Error).message }))
      .finally(() => this.#ended(id));
  }

  #ended(id: string): void {
    if (this.#running?.id === id) this.#running = undefined;
    const status = this.#kept.get(id);
    if (status?.state !== 'running') return;
    if (status.runs.length === status.progress.runs) this.#keep({ ...status, state: 'done' });
    else this.#onMessage(id, { type: 'failed', why: 'the experiment ended too early' });
  }

  #onMessage(id: string, message: RunnerMessage): void {
    const status = this.#kept.get(id);
    if (status?.state !== 'running') return; // it was stopped, and says something yet
    switch (message.type) {
      case 'progress':
        this.#keep({ ...status, progress: message.progress });
        break;
      case 'run':
        this.#keep({ ...status, runs: [...status.runs, message.run] });
        break;
      case 'failed':
        this.#keep({ ...status, state: 'failed', failure: message.why });
        break;
    }
  }

  /** Its channel is closed; the runner ends of that, and takes the sandbox along. */
  #stop(id: string): void {
    if (this.#running?.id !== id) return;
    const status = this.#kept.get(id);
    if (status?.state === 'running') this.#keep({ ...status, state: 'stopped' });
    const { child } = this.#running;
    if (child.connected) child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX).unref();
    child.once('exit', () => clearTimeout(late));
  }

  #statusOf(id: string): LabReply {
    const status = this.#kept.get(id);
    return status === undefined ? { kind: 'unknown' } : { kind: 'status', status };
  }

  #keep(status: LabStatus): void {
    this.#kept.set(status.id, status);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}
