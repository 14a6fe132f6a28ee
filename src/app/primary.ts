import { relative } from 'node:path';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { resolvePort } from '../cluster/listen-address.js';
import { onStopSignal } from '../cluster/signals.js';
import { CLOSE_MS, FAILED_STARTS_MAX, HEARTBEAT_MS } from '../cluster/timeouts.js';
import { WorkerSlot } from '../cluster/worker-slot.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import { LabService } from '../lab/lab-service.js';
import { type Settings, storeLocation } from '../settings.js';
import type { BackgroundTask } from '../store/driver.js';
import { faultLog } from '../telemetry/fault-log.js';
import { createLogger } from '../telemetry/logger.js';
import { banner } from './banner.js';
import type { Dependencies } from './dependencies.js';
import { lockFolder } from './folder-agreement.js';

/** Runs the primary: it makes the folder, starts the workers and keeps them going. */
export async function runPrimary(settings: Settings, dependencies: Dependencies): Promise<void> {
  await lockFolder(settings, dependencies);
  const kind = dependencies.stores[settings.STORE];
  const waitMs = settings.DATABASE_WAIT_S * 1000;
  await kind.prepare(storeLocation(settings), { seeds: settings.DATA_DIR, waitMs });
  const primary = new Primary(settings, dependencies);
  await primary.start();
}

class Primary {
  readonly #settings: Settings;
  readonly #dependencies: Dependencies;
  readonly #log: Logger;
  readonly #logFault: (fault: Fault) => void;
  readonly #lab: LabService;
  #workerSlots: WorkerSlot[] = [];
  #failedStarts = 0;
  #backgroundTask: BackgroundTask | undefined;
  #opened = false;
  #port: number;
  #closing: number | undefined;

  constructor(settings: Settings, dependencies: Dependencies) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#lab = new LabService(settings.DATABASE_URL);
    this.#port = settings.PORT;
    this.#log = createLogger(settings, 'primary');
    this.#logFault = faultLog(this.#log, 'the folder cannot be kept in order');
  }

  async start(): Promise<void> {
    this.#backgroundTask = await this.#dependencies.stores[this.#settings.STORE].keep({
      folder: storeLocation(this.#settings),
      lockMode: this.#settings.LOCK_MODE,
      onFault: (fault) => this.#fault(fault),
    });
    onStopSignal({
      first: () => {
        process.stderr.write('Closing: what was accepted is sold first. Again: at once.\n');
        this.#close(exitCode.ok);
      },
      second: () => this.#end(exitCode.interrupted),
    });
    this.#port = await resolvePort(this.#settings);
    this.#workerSlots = Array.from({ length: this.#settings.WORKERS }, (_, index) =>
      this.#newWorkerSlot(`worker-${index + 1}`),
    );
    this.#watchHeartbeats();
  }

  #fault(fault: Fault): void {
    this.#logFault(fault);
    const code = exitCodeOfFault[fault.code];
    if (code !== undefined) this.#fatal(code, fault.message);
  }

  #fatal(code: number, line: string): void {
    // Several workers may say the same; and what goes wrong while it closes must be heard, too.
    if (this.#closing !== code) process.stderr.write(`${line}\n`);
    if (this.#closing === exitCode.ok) this.#closing = code;
    this.#close(code);
  }

  #newWorkerSlot(name: string): WorkerSlot {
    return new WorkerSlot({
      name,
      heartbeatTimeoutMs: this.#settings.HEARTBEAT_TIMEOUT_MS,
      environment: () => ({ PORT: String(this.#port) }),
      answers: {
        workers: async () => this.#workerSlots.map((slot) => slot.status()),
        metrics: () => this.#metrics(),
        lab: async (question) => this.#lab.answer(question),
      },
      onReady: () => this.#ready(),
      onFatal: (code, line) => this.#fatal(code, line),
      onExit: (wasReady, how) => this.#exited(name, wasReady, how),
    });
  }

  #ready(): void {
    this.#failedStarts = 0;
    if (this.#opened || !this.#workerSlots.every((slot) => slot.ready)) return;
    this.#opened = true;
    const { storedIn, guardedFile } = this.#dependencies.stores[this.#settings.STORE];
    const guarded = guardedFile(storeLocation(this.#settings));
    const where = storedIn === 'folder' ? relativeToHere(guarded) : guarded;
    process.stdout.write(banner(this.#settings, this.#dependencies, this.#port, where));
  }

  #exited(name: string, wasReady: boolean, how: string): void {
    if (this.#closing !== undefined) {
      this.#exitWhenWorkersGone(this.#closing);
      return;
    }
    this.#log.warn(`${name} ended (${how}); another one takes its place`);
    this.#failedStarts = wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts < FAILED_STARTS_MAX || this.#workerSlots.some((slot) => slot.ready))
      return;
    process.stderr.write(
      `Workers keep dying at start: ${this.#failedStarts} in a row, the last one by ${how}. Giving up.\n`,
    );
    this.#close(exitCode.failed);
  }

  /** Asks every worker to close, and ends with this code when they have, or when the time is up. */
  #close(code: number): void {
    if (this.#closing !== undefined) return;
    this.#closing = code;
    setTimeout(() => this.#end(this.#closing ?? code), CLOSE_MS);
    this.#lab.close();
    for (const slot of this.#workerSlots) slot.drain();
    this.#exitWhenWorkersGone(code);
  }

  #exitWhenWorkersGone(code: number): void {
    if (this.#workerSlots.some((slot) => slot.running)) return;
    void this.#backgroundTask?.close().finally(() => this.#end(this.#closing ?? code));
  }

  #end(code: number): void {
    for (const slot of this.#workerSlots) if (slot.running) slot.kill();
    process.exit(code);
  }

  #watchHeartbeats(): void {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      const wasStopped = now - last > 4 * HEARTBEAT_MS;
      last = now;
      for (const slot of this.#workerSlots) {
        if (wasStopped) slot.resetSilence();
        else slot.killIfSilent();
      }
    }, HEARTBEAT_MS);
  }

  async #metrics(): Promise<string> {
    const reports = await Promise.all(this.#workerSlots.map((slot) => slot.report()));
    // Loaded when somebody asks: it is a tenth of what a primary loads.
    const { sumMetrics } = await import('../telemetry/metrics.js');
    return sumMetrics(reports.filter((report) => report !== undefined));
  }
}

const relativeToHere = (path: string): string => {
  const shorter = relative(process.cwd(), path);
  return shorter.startsWith('..') ? path : shorter;
};
