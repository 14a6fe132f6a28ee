import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { DRAIN_MS, LINGER_MS } from '../cluster/timeouts.js';
import type { Office } from '../http/app-context.js';
import { buildApp } from '../http/build-app.js';
import type { LockMode } from '../lock/lock-mode.js';
import { type Settings, storeLocation } from '../settings.js';
import { canOversell, type StoreDriver } from '../store/driver.js';
import { LogThrottle } from '../telemetry/log-throttle.js';
import { Metrics } from '../telemetry/metrics.js';
import { type Dependencies, scopedLockMode } from './dependencies.js';

/** Buys under way at once where no lock makes them wait; more would only wait for the disk. */
const UNLOCKED_BATCHES_MAX = 64;

/** How long a sale may take once the lock is held: reading, writing and a sync of a slow disk. */
const SELL_TIMEOUT_MS = 5_000;

/** What a worker gets from around it. */
export interface WorkerContext {
  readonly log: Logger;
  readonly workers: Office['workers'];
  readonly metrics: Office['metrics'];
  readonly lab?: Office['lab'];
  readonly onFault: (fault: Fault) => void;
}

export interface Worker {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  /** Stops taking, sells what was accepted, refuses what is left when the time is up, and closes. */
  close(): Promise<void>;
}

/** Puts one worker together: store, lock, queue and HTTP. It does not listen. */
export async function compose(
  settings: Settings,
  dependencies: Dependencies,
  { log, workers, metrics: allMetrics, lab, onFault }: WorkerContext,
): Promise<Worker> {
  const kind = dependencies.stores[settings.STORE];
  const mode = scopedLockMode(dependencies, settings);
  const store = await kind.open({
    folder: storeLocation(settings),
    durable: settings.DURABILITY === 'fsync',
    raceWindowMs: settings.RACE_WINDOW_MS,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    lockStaleMs: settings.LOCK_STALE_MS,
    lockMode: settings.LOCK_MODE,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
    onFault,
  });
  const throttle = new LogThrottle();
  const lock = await mode.open({
    path: kind.guardedFile(storeLocation(settings)),
    staleMs: settings.LOCK_STALE_MS,
    onWarning: (message, cause) =>
      throttle.say(message, (suppressed) => log.warn({ err: cause, suppressed }, message)),
  });

  const metrics: Metrics = new Metrics(() => queue.unanswered);
  const queue = dependencies.newQueue({
    sell: (buys, emit) => store.sell(buys, emit),
    withLock: (section, deadline) => lock.run(section, deadline),
    ...batchesOf(kind, mode, settings),
    maxWaiting: settings.QUEUE_MAX,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    sellTimeoutMs: settings.RACE_WINDOW_MS + SELL_TIMEOUT_MS,
    onStep: metrics.onStep,
    onFault,
  });

  const app = await buildApp(
    {
      queue,
      store,
      storeName: settings.STORE,
      lockModeName: settings.LOCK_MODE,
      worker: process.pid,
      workers,
      metrics: allMetrics,
      lab,
    },
    {
      // Fastify says at every start what the banner says already.
      logger: log.child({}, { level: settings.LOG_LEVEL === 'info' ? 'warn' : settings.LOG_LEVEL }),
      // The lock gives up first, and says that nothing was sold.
      handlerTimeoutMs: settings.LOCK_TIMEOUT_MS + settings.RACE_WINDOW_MS + SELL_TIMEOUT_MS,
    },
  );

  return {
    app,
    metrics,
    async close() {
      // No new connections. (node:net's own: that of node:http would also cut those that have just
      // been opened, with a request on its way.)
      Server.prototype.close.call(app.server);
      const [finished] = await Promise.all([queue.drain(DRAIN_MS), sleep(LINGER_MS)]);
      await app.close();
      if (!finished) return; // a sale that is still under way needs them until the process ends
      await store.close();
      await lock.close();
    },
  };
}

/**
 * A crowd goes together only where it is safe. Where it is not, a buy is a section of its own: a crowd
 * in one section would quietly be a mutex, and two crowds of two workers often miss each other.
 */
function batchesOf(kind: StoreDriver, mode: LockMode, settings: Settings) {
  if (!canOversell(kind, mode, settings.WORKERS))
    return { maxConcurrentBatches: 1, batchMax: settings.BATCH_MAX };
  return { maxConcurrentBatches: mode.scope === 'nothing' ? UNLOCKED_BATCHES_MAX : 1, batchMax: 1 };
}
