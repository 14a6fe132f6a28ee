import cluster, { type Worker } from 'node:cluster';
import type { WorkerStatus } from '../http/schemas.js';
import type { PrimaryMessage, WorkerMessage } from './messages.js';
import { type Answers, Rpc } from './rpc.js';
import { RESTART_MS, START_MS, STEADY_MS } from './timeouts.js';

export interface WorkerSlotOptions {
  readonly name: string;
  readonly heartbeatTimeoutMs: number;
  /** The environment of the next worker, beside this process's own. */
  readonly environment: () => NodeJS.ProcessEnv;
  /** What workers may ask. */
  readonly answers: Answers;
  readonly onReady: () => void;
  readonly onFatal: (exitCode: number, line: string) => void;
  /** Told of every end, and whether that worker ever listened. */
  readonly onExit: (wasReady: boolean, how: string) => void;
}

const REPORT_MS = 1_000;

/** The place of one worker: it has a process, or will have one soon. */
export class WorkerSlot {
  readonly #options: WorkerSlotOptions;
  #worker!: Worker;
  #rpc!: Rpc;
  #running = false;
  #ready = false;
  #startedAt = 0;
  #lastSeenAt = 0;
  #heartbeat: Date | undefined;
  #sales = 0;
  #lockWaits = 0;
  #restarts = 0;
  #restartMs = RESTART_MS.first;
  #restart: NodeJS.Timeout | undefined;
  #lastExit: WorkerStatus['lastExit'] = null;
  #closing = false;

  constructor(options: WorkerSlotOptions) {
    this.#options = options;
    this.#fork();
  }

  get running(): boolean {
    return this.#running;
  }

  get ready(): boolean {
    return this.#ready;
  }

  status(): WorkerStatus {
    return {
      pid: this.#worker.process.pid ?? 0,
      ppid: process.pid,
      name: this.#options.name,
      alive: this.#ready && this.#silentMs() < this.#options.heartbeatTimeoutMs,
      uptime: this.#running ? Math.round(performance.now() - this.#startedAt) / 1000 : 0,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      lastHeartbeat: this.#heartbeat?.toISOString() ?? null,
      sales: this.#sales,
      lockWaits: this.#lockWaits,
    };
  }

  /** The worker's own metrics; nothing from one that does not listen yet, or does not answer. */
  async report(): Promise<readonly object[] | undefined> {
    if (!this.#ready) return undefined;
    return this.#rpc.ask('report', REPORT_MS).catch(() => undefined);
  }

  /** Ends a worker that has been silent for too long; its exit starts another one. */
  killIfSilent(): void {
    const { heartbeatTimeoutMs } = this.#options;
    const patienceMs = this.#ready ? heartbeatTimeoutMs : Math.max(START_MS, heartbeatTimeoutMs);
    if (this.#running && this.#silentMs() > patienceMs) this.kill();
  }

  /** The primary itself was stopped for a while: that it heard nothing says nothing. */
  resetSilence(): void {
    this.#lastSeenAt = performance.now();
  }

  /** Asks the worker to close, and starts no other. One that does not listen yet is asked again then. */
  drain(): void {
    this.#closing = true;
    clearTimeout(this.#restart);
    this.#send({ type: 'drain' });
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #fork(): void {
    const worker = cluster.fork(this.#options.environment());
    this.#worker = worker;
    this.#rpc = new Rpc(worker, this.#options.answers);
    this.#running = true;
    this.#startedAt = performance.now();
    this.#lastSeenAt = this.#startedAt;
    this.#sales = 0;
    this.#lockWaits = 0;
    worker.on('message', (message: WorkerMessage) => this.#onMessage(message));
    // Without a process there is no exit either. (Other errors are messages to one that just died.)
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (worker.process.pid === undefined) this.#exited(null, error.code ?? error.message);
    });
    worker.on('exit', (code, signal) => this.#exited(code, signal));
  }

  #onMessage(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#markAlive();
        this.#options.onReady();
        if (this.#closing) this.#send({ type: 'drain' }); // the first one came before it listened
        break;
      case 'heartbeat':
        this.#markAlive();
        this.#sales = message.sales;
        this.#lockWaits = message.lockWaits;
        break;
      case 'fatal':
        this.#options.onFatal(message.exitCode, message.line);
        break;
    }
  }

  #markAlive(): void {
    this.#lastSeenAt = performance.now();
    this.#heartbeat = new Date();
  }

  #exited(code: number | null, signal: string | null): void {
    const wasReady = this.#ready;
    this.#running = false;
    this.#ready = false;
    this.#lastExit = { code, signal, at: new Date().toISOString() };
    if (!this.#closing) this.#restartLater();
    this.#options.onExit(wasReady, signal ?? `exit code ${code}`);
  }

  #restartLater(): void {
    const steady = performance.now() - this.#startedAt > STEADY_MS;
    if (steady) this.#restartMs = RESTART_MS.first;
    this.#restart = setTimeout(() => {
      this.#restarts++;
      this.#fork();
    }, this.#restartMs);
    this.#restartMs = Math.min(RESTART_MS.last, this.#restartMs * 2);
  }

  #silentMs(): number {
    return performance.now() - this.#lastSeenAt;
  }

  #send(message: PrimaryMessage): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => {});
  }
}
