import { relative } from 'node:path';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { watchHeartbeats } from '../cluster/heartbeats.js';
import { resolvePort } from '../cluster/listen-address.js';
import { onStopSignal } from '../cluster/signals.js';
import { CLOSE_MS, FAILED_STARTS_MAX } from '../cluster/timeouts.js';
import { WorkerSlot } from '../cluster/worker-slot.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import { LabService } from '../lab/lab-service.js';
import { type Settings, storeLocation } from '../settings.js';
import type { BackgroundTask, StoreDriver } from '../store/driver.js';
import { createFaultLog } from '../telemetry/fault-log.js';
import { createLogger } from '../telemetry/logger.js';
import { banner } from './banner.js';
import { type Dependencies, storeDriver } from './dependencies.js';
import { lockFolder } from './lock-folder.js';

/** Runs the primary: prepares the store, starts the workers, and replaces those that exit. */
export async function runPrimary(settings: Settings, dependencies: Dependencies): Promise<void> {
  await lockFolder(settings, dependencies);
  const waitMs = settings.DATABASE_WAIT_S * 1000;
  const driver = storeDriver(dependencies, settings);
  await driver.prepare(storeLocation(settings), { seeds: settings.DATA_DIR, waitMs });
  const log = await createLogger(settings, 'primary');
  await new Primary(settings, dependencies, log).start();
}

class Primary {
  readonly #settings: Settings;
  readonly #dependencies: Dependencies;
  readonly #driver: StoreDriver;
  readonly #log: Logger;
  readonly #logFault: (fault: Fault) => void;
  readonly #lab: LabService;
  #workerSlots: WorkerSlot[] = [];
  #failedStarts = 0;
  #backgroundTask: BackgroundTask | undefined;
  #opened = false;
  #port: number;
  /** The exit code, once the primary is closing. */
  #closing: number | undefined;

  constructor(settings: Settings, dependencies: Dependencies, log: Logger) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#driver = storeDriver(dependencies, settings);
    this.#lab = new LabService(settings.DATABASE_URL);
    this.#port = settings.PORT;
    this.#log = log;
    this.#logFault = createFaultLog(log, 'the background task failed');
  }

  async start(): Promise<void> {
    this.#backgroundTask = await this.#driver.startBackgroundTask?.({
      location: storeLocation(this.#settings),
      lockMode: this.#settings.LOCK_MODE,
      onFault: (fault) => this.#onFault(fault),
    });
    onStopSignal({
      first: () => {
        process.stderr.write(
          'Closing: accepted orders are sold first. Press Ctrl-C again to stop at once.\n',
        );
        this.#close(exitCode.ok);
      },
      second: () => this.#exit(exitCode.interrupted),
    });
    this.#port = await resolvePort(this.#settings);
    this.#workerSlots = Array.from({ length: this.#settings.WORKERS }, (_, index) =>
      this.#newWorkerSlot(`worker-${index + 1}`),
    );
    watchHeartbeats(() => this.#workerSlots);
  }

  #newWorkerSlot(name: string): WorkerSlot {
    return new WorkerSlot({
      name,
      heartbeatTimeoutMs: this.#settings.HEARTBEAT_TIMEOUT_MS,
      environment: () => ({ PORT: String(this.#port) }),
      handlers: {
        workers: async () => this.#workerSlots.map((slot) => slot.status()),
        metrics: () => this.#collectMetrics(),
        lab: async (question) => this.#lab.answer(question),
      },
      onReady: () => this.#onWorkerReady(),
      onFatal: (code, message) => this.#onFatal(code, message),
      onExit: (wasReady, reason) => this.#onWorkerExit(name, wasReady, reason),
    });
  }

  #onFault(fault: Fault): void {
    this.#logFault(fault);
    const code = exitCodeOfFault[fault.code];
    if (code !== undefined) this.#onFatal(code, fault.message);
  }

  #onFatal(code: number, message: string): void {
    // Several workers may report the same; and an error while closing still changes the exit code.
    if (this.#closing !== code) process.stderr.write(`${message}\n`);
    if (this.#closing === exitCode.ok) this.#closing = code;
    this.#close(code);
  }

  #onWorkerReady(): void {
    this.#failedStarts = 0;
    if (this.#opened || !this.#workerSlots.every((slot) => slot.ready)) return;
    this.#opened = true;
    const { storedIn, guardedFile } = this.#driver;
    const guarded = guardedFile(storeLocation(this.#settings));
    const location = storedIn === 'folder' ? relativeToCwd(guarded) : guarded;
    process.stdout.write(banner(this.#settings, this.#dependencies, this.#port, location));
  }

  #onWorkerExit(name: string, wasReady: boolean, reason: string): void {
    if (this.#closing !== undefined) {
      this.#exitWhenWorkersGone(this.#closing);
      return;
    }
    this.#log.warn(`${name} exited (${reason}); starting another one`);
    this.#failedStarts = wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts < FAILED_STARTS_MAX || this.#workerSlots.some((slot) => slot.ready)) {
      return;
    }
    process.stderr.write(
      `Workers keep dying at start: ${this.#failedStarts} in a row, the last one by ${reason}. Giving up.\n`,
    );
    this.#close(exitCode.failed);
  }

  /** Asks every worker to close, and exits when they have, or when the time is up. */
  #close(code: number): void {
    if (this.#closing !== undefined) return;
    this.#closing = code;
    setTimeout(() => this.#exit(this.#closing ?? code), CLOSE_MS);
    this.#lab.close();
    for (const slot of this.#workerSlots) slot.drain();
    this.#exitWhenWorkersGone(code);
  }

  #exitWhenWorkersGone(code: number): void {
    if (this.#workerSlots.some((slot) => slot.running)) return;
    const closed = this.#backgroundTask?.close() ?? Promise.resolve();
    void closed.finally(() => this.#exit(this.#closing ?? code));
  }

  #exit(code: number): void {
    for (const slot of this.#workerSlots) if (slot.running) slot.kill();
    process.exit(code);
  }

  async #collectMetrics(): Promise<string> {
    const reports = await Promise.all(this.#workerSlots.map((slot) => slot.metrics()));
    const { sumMetrics } = await import('../telemetry/metrics.js'); // loaded on first use
    return sumMetrics(reports.filter((report) => report !== undefined));
  }
}

const relativeToCwd = (path: string): string => {
  const shorter = relative(process.cwd(), path);
  return shorter.startsWith('..') ? path : shorter;
};
