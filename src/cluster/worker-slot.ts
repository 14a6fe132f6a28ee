import cluster, { type Worker } from 'node:cluster';
import type { WorkerStatus } from '../http/schemas.js';
import type { PrimaryMessage, WorkerMessage } from './messages.js';
import { Rpc, type RpcHandlers } from './rpc.js';
import {
  EXPIRY_ANSWER_MS,
  HEARTBEAT_MS,
  MISSED_PROBES_MAX,
  RESTART_MS,
  SILENT_MS,
  START_MS,
  STEADY_MS,
  WORKER_ANSWER_MS,
} from './timeouts.js';

export interface WorkerSlotOptions {
  readonly name: string;
  readonly heartbeatTimeoutMs: number;
  /** What the next worker gets in addition to this process's environment. */
  readonly environment: () => NodeJS.ProcessEnv;
  /** What workers may call. */
  readonly handlers: RpcHandlers;
  /** Called with metrics of the worker that runs. */
  readonly onReport: (report: readonly object[]) => void;
  readonly onReady: () => void;
  /** Called before a worker is killed that takes no connections. */
  readonly onDeaf: () => void;
  /** Called when a worker cannot go on, with whether it had listened. */
  readonly onFatal: (exitCode: number, message: string, wasReady: boolean) => void;
  /** Called at every exit, with whether that worker had listened. */
  readonly onExit: (wasReady: boolean, reason: string) => void;
}

/** The place of one worker. It has a process, or will soon: one that exits is replaced. */
export class WorkerSlot {
  readonly #options: WorkerSlotOptions;
  #worker!: Worker;
  #rpc!: Rpc;
  #running = false;
  #ready = false;
  #startedAt = 0;
  #lastSeenAt = 0;
  #lastHeartbeat: Date | undefined;
  #sales = 0;
  #lockWaits = 0;
  #connections = 0;
  #missedProbes = 0;
  #restarts = 0;
  #restartMs = RESTART_MS.first;
  #restartTimer: NodeJS.Timeout | undefined;
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
    const state = this.#state();
    return {
      pid: this.#worker.process.pid ?? 0,
      ppid: process.pid,
      name: this.#options.name,
      alive: state === 'alive',
      state,
      uptime: this.#running ? Math.round(performance.now() - this.#startedAt) / 1000 : 0,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      lastHeartbeat: this.#lastHeartbeat?.toISOString() ?? null,
      sales: this.#sales,
      lockWaits: this.#lockWaits,
    };
  }

  /** Asks the worker for its metrics. Resolves also if it does not answer. */
  async requestMetrics(): Promise<void> {
    if (!this.#ready) return;
    const worker = this.#worker;
    const report = await this.#rpc.call('report', WORKER_ANSWER_MS).catch(() => undefined);
    if (report !== undefined) this.#onReport(worker, report);
  }

  /** Lets the worker put expired holds back on sale. Resolves also if it does not answer. */
  async requestExpiry(): Promise<void> {
    await this.#rpc.call('expireHolds', EXPIRY_ANSWER_MS).catch(() => {});
  }

  /** Kills a worker that sent no heartbeat for too long; its exit starts another one. */
  killIfSilent(): void {
    const { heartbeatTimeoutMs } = this.#options;
    const allowedMs = this.#ready ? heartbeatTimeoutMs : Math.max(START_MS, heartbeatTimeoutMs);
    if (this.#running && this.#silentMs() > allowedMs) this.kill();
  }

  /**
   * Called after each probe: kills a worker that sends heartbeats, but took no connection during
   * several probes. Its exit starts another one.
   */
  killIfDeaf(): void {
    if (!this.#ready || this.#silentMs() > 4 * HEARTBEAT_MS) return; // it is stopped, and not deaf
    if (++this.#missedProbes <= MISSED_PROBES_MAX) return;
    this.#options.onDeaf();
    this.kill();
  }

  /** Counts the silence from now on. */
  resetSilence(): void {
    this.#lastSeenAt = performance.now();
  }

  /** Asks the worker to announce that it closes, to drain and to exit, and starts no other. */
  drain(announceMs: number): void {
    this.#closing = true;
    clearTimeout(this.#restartTimer);
    this.#send({ type: 'drain', announceMs });
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #fork(): void {
    const worker = cluster.fork(this.#options.environment());
    this.#worker = worker;
    this.#rpc = new Rpc(worker, this.#options.handlers);
    this.#running = true;
    this.#startedAt = performance.now();
    this.#lastSeenAt = this.#startedAt;
    this.#sales = 0;
    this.#lockWaits = 0;
    this.#connections = 0;
    this.#missedProbes = 0;
    worker.on('message', (message: WorkerMessage) => this.#onMessage(worker, message));
    // A fork that failed has no exit event. (Other errors are of messages to a dead process.)
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (worker.process.pid === undefined) this.#onExit(null, error.code ?? error.message);
    });
    worker.on('exit', (code, signal) => this.#onExit(code, signal));
  }

  #onMessage(worker: Worker, message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#onHeartbeat();
        this.#options.onReady();
        if (this.#closing) this.#send({ type: 'drain', announceMs: 0 }); // the first one came before it listened
        break;
      case 'heartbeat':
        this.#onHeartbeat();
        this.#sales = message.sales;
        this.#lockWaits = message.lockWaits;
        if (message.connections > this.#connections) this.#missedProbes = 0;
        this.#connections = message.connections;
        this.#onReport(worker, message.report);
        break;
      case 'fatal':
        this.#options.onFatal(message.exitCode, message.message, this.#ready);
        break;
    }
  }

  /** A report that arrives after the exit of its worker is not one of its successor. */
  #onReport(worker: Worker, report: readonly object[]): void {
    if (this.#running && worker === this.#worker) this.#options.onReport(report);
  }

  #onHeartbeat(): void {
    this.#lastSeenAt = performance.now();
    this.#lastHeartbeat = new Date();
  }

  #onExit(code: number | null, signal: string | null): void {
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
    this.#restartTimer = setTimeout(() => {
      this.#restarts++;
      this.#fork();
    }, this.#restartMs);
    this.#restartMs = Math.min(RESTART_MS.last, this.#restartMs * 2);
  }

  #state(): WorkerStatus['state'] {
    if (!this.#running) return 'restarting';
    if (!this.#ready) return 'starting';
    return this.#silentMs() < SILENT_MS ? 'alive' : 'silent';
  }

  #silentMs(): number {
    return performance.now() - this.#lastSeenAt;
  }

  #send(message: PrimaryMessage): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => {});
  }
}
