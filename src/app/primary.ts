import { relative } from 'node:path';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { workerMark } from '../child-environment.js';
import { watchHeartbeats } from '../cluster/heartbeats.js';
import { resolvePort } from '../cluster/listen-address.js';
import { probeConnections } from '../cluster/probe-connections.js';
import { requestExpiries } from '../cluster/request-expiries.js';
import { announceMsFor, onStopSignal } from '../cluster/signals.js';
import { CLOSE_MS, FAILED_STARTS_MAX, OUTBOX_DRAIN_MS } from '../cluster/timeouts.js';
import { WorkerSlot } from '../cluster/worker-slot.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import { LabService } from '../lab/lab-service.js';
import type { Outbox } from '../outbox/outbox.js';
import { allowedHosts, serverUrl } from '../server-address.js';
import { type Settings, storeLocation } from '../settings.js';
import { exitAfterOutput, writeStderr, writeStdout } from '../standard-streams.js';
import type { BackgroundTask, StoreDriver } from '../store/driver.js';
import { readableByOthers } from '../store/shared/folder.js';
import { createFaultLog } from '../telemetry/fault-log.js';
import { createLoggers } from '../telemetry/logger.js';
import { MetricReports } from '../telemetry/metric-reports.js';
import type { UserError } from '../user-error.js';
import { createAdminToken, readAdminToken } from './admin-token.js';
import { banner } from './banner.js';
import { type Dependencies, modeInfo, storeDriver } from './dependencies.js';
import { lockFolder } from './lock-folder.js';
import { outboxMetrics } from './outbox-metrics.js';
import { outboxStatus, resendOrder } from './outbox-status.js';
import { startOutbox } from './start-outbox.js';
import { createTicketKey } from './ticket-key.js';

/** Runs the primary: prepares the store, starts the workers, and replaces those that exit. */
export async function runPrimary(settings: Settings, dependencies: Dependencies): Promise<void> {
  let primary: Primary | undefined;
  await lockFolder(settings, dependencies, (error) => primary?.stop(error));
  const waitMs = settings.DATABASE_WAIT_S * 1000;
  const driver = storeDriver(dependencies, settings);
  const exclusive = modeInfo(dependencies, settings).scope === 'host';
  await driver.prepare(storeLocation(settings), {
    seeds: settings.DATA_DIR,
    waitMs,
    exclusive,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
  });
  await createAdminToken(settings);
  await createTicketKey(settings);
  const adminToken = await readAdminToken(settings);
  const { log } = await createLoggers(settings, 'primary');
  if (driver.storedIn === 'folder') await warnIfReadable(settings.DATA_DIR, log);
  primary = new Primary(settings, dependencies, log, adminToken);
  await primary.start();
}

/** New files are private; those of an older version may not be, and are the operator's to change. */
async function warnIfReadable(folder: string, log: Logger): Promise<void> {
  const paths = await readableByOthers(folder);
  if (paths.length === 0) return;
  log.warn(
    `other users of this machine can read customers' names or keys: chmod 600 ${paths.join(' ')}`,
  );
}

class Primary {
  readonly #settings: Settings;
  readonly #dependencies: Dependencies;
  readonly #driver: StoreDriver;
  readonly #log: Logger;
  readonly #adminToken: string | undefined;
  readonly #logFault: (fault: Fault) => void;
  readonly #lab: LabService;
  readonly #metricReports = new MetricReports();
  #workerSlots: WorkerSlot[] = [];
  #failedStarts = 0;
  /** Why the newest worker could not start, since the last one that did. */
  #whyNoWorker: { readonly code: number; readonly message: string } | undefined;
  #backgroundTask: BackgroundTask | undefined;
  #outbox: Outbox | undefined;
  #outboxClosed: Promise<void> | undefined;
  #opened = false;
  #stopProbing = () => {};
  #port: number;
  /** The exit code, once the primary is closing. */
  #closing: number | undefined;

  constructor(
    settings: Settings,
    dependencies: Dependencies,
    log: Logger,
    adminToken: string | undefined,
  ) {
    this.#settings = settings;
    this.#adminToken = adminToken;
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
    this.#outbox = await startOutbox(this.#settings, this.#log, {
      onFault: (fault) => this.#onFault(fault),
      sales: () => this.#workerSlots.reduce((sum, slot) => sum + slot.status().sales, 0),
    });
    onStopSignal({
      first: (signal) => {
        writeStderr(
          'Closing: accepted orders are sold first. Press Ctrl-C again to stop at once.\n',
        );
        this.#close(exitCode.ok, announceMsFor(signal));
      },
      second: () => this.#exit(exitCode.interrupted),
    });
    this.#port = await resolvePort(this.#settings);
    this.#workerSlots = Array.from({ length: this.#settings.WORKERS }, (_, index) =>
      this.#newWorkerSlot(`worker-${index + 1}`),
    );
    watchHeartbeats(() => this.#workerSlots);
    requestExpiries(() => this.#workerSlots);
    const { hostname } = serverUrl(this.#settings.HOST, this.#port);
    const address = { host: hostname.replace(/^\[|\]$/g, ''), port: this.#port };
    this.#stopProbing = probeConnections(address, () => this.#workerSlots);
  }

  /** Closes the server, because of an error that the user can fix. */
  stop({ exitCode, message }: UserError): void {
    this.#onFatal(exitCode, message);
  }

  #newWorkerSlot(name: string): WorkerSlot {
    return new WorkerSlot({
      name,
      heartbeatTimeoutMs: this.#settings.HEARTBEAT_TIMEOUT_MS,
      environment: () => ({
        PORT: String(this.#port),
        ...(this.#adminToken === undefined ? {} : { ADMIN_TOKEN: this.#adminToken }),
        ...workerMark(process.pid),
      }),
      handlers: {
        workers: async () => this.#workerSlots.map((slot) => slot.status()),
        metrics: () => this.#collectMetrics(),
        lab: async (question) => this.#lab.answer(question),
        outbox: () => outboxStatus(this.#outbox),
        resend: (order) => resendOrder(this.#outbox, order),
      },
      onReport: (report) => this.#metricReports.update(name, report),
      onReady: () => this.#onWorkerReady(),
      onDeaf: () => this.#log.warn(`${name} takes no connections; starting another one`),
      onFatal: (code, message, wasReady) => this.#onWorkerFatal(name, code, message, wasReady),
      onExit: (wasReady, reason) => this.#onWorkerExit(name, wasReady, reason),
    });
  }

  #onFault(fault: Fault): void {
    this.#logFault(fault);
    const code = exitCodeOfFault[fault.code];
    if (code !== undefined) this.#onFatal(code, fault.message);
  }

  /**
   * A worker that replaces another one may find what the others do not need any more: a key that was
   * removed, something in the way of the lock. They sell on, and it is tried again until that is mended.
   */
  #onWorkerFatal(name: string, code: number, message: string, wasReady: boolean): void {
    if (!this.#opened || wasReady || code !== exitCode.invalid) {
      this.#onFatal(code, message);
      return;
    }
    this.#whyNoWorker = { code, message };
    this.#log.error(`${name} cannot start: ${message}`);
  }

  #onFatal(code: number, message: string): void {
    // Several workers may report the same; and an error while closing still changes the exit code.
    if (this.#closing !== code) writeStderr(`${message}\n`);
    if (this.#closing === exitCode.ok) this.#closing = code;
    this.#close(code);
  }

  #onWorkerReady(): void {
    this.#failedStarts = 0;
    this.#whyNoWorker = undefined;
    if (this.#opened || !this.#workerSlots.every((slot) => slot.ready)) return;
    this.#opened = true;
    const { storedIn, guardedFile } = this.#driver;
    const guarded = guardedFile(storeLocation(this.#settings));
    const location = storedIn === 'folder' ? relativeToCwd(guarded) : guarded;
    if (allowedHosts(this.#settings) === undefined) {
      this.#log.warn('any Host is accepted: ALLOWED_HOSTS names the ones of this server');
    }
    writeStdout(banner(this.#settings, this.#dependencies, this.#port, location));
  }

  #onWorkerExit(name: string, wasReady: boolean, reason: string): void {
    this.#metricReports.exit(name);
    if (this.#closing !== undefined) {
      this.#exitWhenWorkersGone(this.#closing);
      return;
    }
    this.#log.warn(`${name} exited (${reason}); starting another one`);
    this.#failedStarts = wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts < FAILED_STARTS_MAX || this.#workerSlots.some((slot) => slot.ready)) {
      return;
    }
    if (this.#whyNoWorker !== undefined) {
      this.#onFatal(this.#whyNoWorker.code, this.#whyNoWorker.message);
      return;
    }
    writeStderr(
      `Workers keep dying at start: ${this.#failedStarts} in a row, the last one by ${reason}. Giving up.\n`,
    );
    this.#close(exitCode.failed);
  }

  /** Asks every worker to close, and exits when they have, or when the time is up. */
  #close(code: number, announceMs = 0): void {
    if (this.#closing !== undefined) return;
    this.#closing = code;
    setTimeout(() => this.#exit(this.#closing ?? code), CLOSE_MS);
    this.#stopProbing();
    this.#lab.close();
    this.#outboxClosed = this.#outbox?.close(OUTBOX_DRAIN_MS);
    for (const slot of this.#workerSlots) slot.drain(announceMs);
    this.#exitWhenWorkersGone(code);
  }

  #exitWhenWorkersGone(code: number): void {
    if (this.#workerSlots.some((slot) => slot.running)) return;
    const closed = Promise.allSettled([this.#backgroundTask?.close(), this.#outboxClosed]);
    void closed.finally(() => this.#exit(this.#closing ?? code));
  }

  #exit(code: number): void {
    for (const slot of this.#workerSlots) if (slot.running) slot.kill();
    exitAfterOutput(code);
  }

  async #collectMetrics(): Promise<string> {
    await Promise.all(this.#workerSlots.map((slot) => slot.requestMetrics()));
    const { sumMetrics } = await import('../telemetry/metrics.js'); // loaded on first use
    const ofWorkers = await sumMetrics(this.#metricReports.all());
    return ofWorkers + outboxMetrics(this.#outbox);
  }
}

const relativeToCwd = (path: string): string => {
  const shorter = relative(process.cwd(), path);
  return shorter.startsWith('..') ? path : shorter;
};
