import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { StepTracer } from '../booking/sale-steps.js';
import { DRAIN_MS, KEEP_IDLE_CONNECTIONS_MS } from '../cluster/timeouts.js';
import type { AppContext } from '../http/app-context.js';
import { buildApp } from '../http/build-app.js';
import type { Lock } from '../lock/lock-mode.js';
import { allowedHosts } from '../server-address.js';
import { type Settings, storeLocation } from '../settings.js';
import { canOversell } from '../store/driver.js';
import { LogThrottle } from '../telemetry/log-throttle.js';
import { Metrics } from '../telemetry/metrics.js';
import { traceLock } from '../telemetry/trace-lock.js';
import { type Dependencies, modeInfo, storeDriver } from './dependencies.js';
import { expireHolds } from './expire-holds.js';
import { StorageHealth } from './storage-health.js';

/** Batches under way at once where no lock makes them wait; more would only wait for the disk. */
const RACING_BATCHES_MAX = 64;

/** How long a sale may take once the lock is held: reading, writing, and a sync of a slow disk. */
const SELL_TIMEOUT_MS = 5_000;

/** What a worker gets from its process. */
export interface WorkerContext {
  readonly log: Logger;
  readonly requestLog: Logger;
  readonly workers: AppContext['workers'];
  readonly metrics: AppContext['metrics'];
  readonly outbox: AppContext['outbox'];
  /** What operators send; without it, only this machine has operators. */
  readonly adminToken?: string | undefined;
  /** What the codes of tickets and doors are computed from. */
  readonly ticketSecret?: string | undefined;
  readonly lab?: AppContext['lab'];
  readonly onFault: (fault: Fault) => void;
  /** Throws when this process may no longer use the folder. */
  readonly assertFolderLocked?: () => void;
}

export interface Worker {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  /** Puts the tickets of holds whose time is over back on sale. */
  expireHolds(): Promise<void>;
  /**
   * Drains: accepts no more, sells what it accepted, rejects the rest after a time, and closes.
   *
   * @param announceMs how long it first goes on as before, except that `/readyz` answers 503
   */
  close(announceMs?: number): Promise<void>;
}

/** Puts one worker together: steps, store, lock, queue and HTTP. It does not listen. */
export async function createWorker(
  settings: Settings,
  dependencies: Dependencies,
  context: WorkerContext,
): Promise<Worker> {
  const { log } = context;
  const driver = storeDriver(dependencies, settings);
  const location = storeLocation(settings);
  const limits = batchLimits(settings, dependencies);

  const metrics: Metrics = new Metrics(() => queue.unanswered);
  const health = new StorageHealth({
    folder: driver.storedIn === 'folder' ? location : undefined,
    settings,
    sales: () => metrics.sales,
    lockObstacle: () => lock?.findObstacle?.(),
  });
  const onFault = (fault: Fault): void => {
    health.onFault(fault);
    context.onFault(fault);
  };
  const listeners = [metrics.onStep, ...dependencies.stepListeners];
  const tracer = new StepTracer((step) => {
    for (const listener of listeners) listener(step);
  }, limits.maxConcurrentBatches);

  const store = await driver.open({
    location,
    durable: settings.DURABILITY === 'fsync',
    raceWindowMs: settings.RACE_WINDOW_MS,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    lockStaleMs: settings.LOCK_STALE_MS,
    lockMode: settings.LOCK_MODE,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
    emit: tracer.emit,
    onFault,
    exclusive: modeInfo(dependencies, settings).scope === 'host',
    beforeWrite() {
      context.assertFolderLocked?.();
      lock?.assertHeld();
    },
  });
  const lock = await openLock(settings, dependencies, log);
  const queue = dependencies.newQueue({
    sell: (buys) => store.sell(buys),
    withLock: traceLock(lock, tracer.emit),
    ...limits,
    maxWaiting: settings.QUEUE_MAX,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    sellTimeoutMs: settings.RACE_WINDOW_MS + SELL_TIMEOUT_MS,
    tracer,
    onFault,
  });

  let closing = false;
  const app = await buildApp(
    {
      queue,
      store,
      storeName: settings.STORE,
      lockModeName: settings.LOCK_MODE,
      worker: process.pid,
      closing: () => closing,
      workers: context.workers,
      metrics: context.metrics,
      outbox: context.outbox,
      newDurations: (route) => metrics.requests.newSeries(route),
      health: () => health.read(),
      adminToken: context.adminToken,
      ticketSecret: context.ticketSecret,
      holdSeconds: settings.HOLD_SECONDS,
      openMetrics: settings.METRICS === 'open',
      lab: context.lab,
    },
    {
      logger: context.requestLog,
      allowedHosts: allowedHosts(settings),
      trustedProxies: settings.TRUSTED_PROXIES,
      corsOrigins: settings.CORS_ORIGINS,
      // The lock gives up first, with an error that says that nothing was sold.
      handlerTimeoutMs: settings.LOCK_TIMEOUT_MS + settings.RACE_WINDOW_MS + SELL_TIMEOUT_MS,
    },
  );

  return {
    app,
    metrics,
    expireHolds: () => expireHolds(store, queue),
    async close(announceMs = 0) {
      closing = true;
      await sleep(announceMs);
      const keepIdleMs = app.server.listening ? KEEP_IDLE_CONNECTIONS_MS : 0; // else there are none
      // Stops listening. (node:http's own close would also cut connections that were just opened,
      // with a request on its way.)
      Server.prototype.close.call(app.server);
      const [drained] = await Promise.all([queue.drain(DRAIN_MS), sleep(keepIdleMs)]);
      await app.close();
      if (!drained) return; // a sale under way needs store and lock until the process ends
      await store.close();
      await lock?.close();
    },
  };
}

/** Opens the host's lock; a store with concurrency modes locks by itself. */
async function openLock(
  settings: Settings,
  dependencies: Dependencies,
  log: Logger,
): Promise<Lock | undefined> {
  const { concurrencyModes, guardedFile, recordFile } = storeDriver(dependencies, settings);
  if (concurrencyModes !== undefined) return undefined;
  const throttle = new LogThrottle();
  return dependencies.locks[settings.LOCK_MODE as keyof typeof dependencies.locks].open({
    path: guardedFile(storeLocation(settings)),
    recordPath: recordFile(storeLocation(settings)),
    staleMs: settings.LOCK_STALE_MS,
    onWarning: (message, cause) =>
      throttle.log(message, (suppressed) => log.warn({ err: cause, suppressed }, message)),
  });
}

/**
 * Where nothing keeps two sections apart, each buy is a batch of its own, and up to 64 run at once.
 * A larger batch would act as a mutex for its buys, and two workers with large batches rarely overlap:
 * the race would exist, and rarely show.
 */
function batchLimits(settings: Settings, dependencies: Dependencies) {
  const mode = modeInfo(dependencies, settings);
  if (!canOversell(storeDriver(dependencies, settings), mode, settings.WORKERS)) {
    return { maxConcurrentBatches: 1, batchMax: settings.BATCH_MAX };
  }
  return { maxConcurrentBatches: mode.scope === 'nothing' ? RACING_BATCHES_MAX : 1, batchMax: 1 };
}
