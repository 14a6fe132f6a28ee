import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { buildApp } from '../http/app.js';
import type { Office } from '../http/office.js';
import type { LockMode } from '../lock/port.js';
import { lockModeOf, type Parts } from '../parts.js';
import { placeOf, type Settings } from '../settings.js';
import { races, type StoreKind } from '../store/kind.js';
import { Metrics } from './metrics.js';
import { Seldom } from './seldom.js';
import { DRAIN_MS, LINGER_MS } from './times.js';

/** Buys under way at once where no lock makes them wait; more would only wait for the disk. */
const UNLOCKED_TURNS_MAX = 64;

/** How long a sale may take once the lock is held: reading, writing and a sync of a slow disk. */
const SELL_TIMEOUT_MS = 5_000;

/** What a worker gets from around it. */
export interface Surroundings {
  readonly log: Logger;
  readonly workers: Office['workers'];
  readonly metrics: Office['metrics'];
  readonly lab?: Office['lab'];
  readonly onFault: (fault: Fault) => void;
}

export interface Composed {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  /** Stops taking, sells what was accepted, refuses what is left when the time is up, and closes. */
  close(): Promise<void>;
}

/** Puts one worker together: store, lock, queue and HTTP. It does not listen. */
export async function compose(
  settings: Settings,
  parts: Parts,
  { log, workers, metrics: allMetrics, lab, onFault }: Surroundings,
): Promise<Composed> {
  const kind = parts.stores[settings.STORE];
  const mode = lockModeOf(parts, settings);
  const store = await kind.open({
    folder: placeOf(settings),
    durable: settings.DURABILITY === 'fsync',
    raceWindowMs: settings.RACE_WINDOW_MS,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    lockStaleMs: settings.LOCK_STALE_MS,
    lockMode: settings.LOCK_MODE,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
    onFault,
  });
  const troubles = new Seldom();
  const lock = await mode.open({
    path: kind.guardedFile(placeOf(settings)),
    staleMs: settings.LOCK_STALE_MS,
    onTrouble: (message, cause) =>
      troubles.say(message, (keptBack) => log.warn({ err: cause, keptBack }, message)),
  });

  const metrics: Metrics = new Metrics(() => queue.unanswered);
  const queue = parts.newQueue({
    sell: (buys, tell) => store.sell(buys, tell),
    inTurn: (section, deadline) => lock.run(section, deadline),
    ...turnsOf(kind, mode, settings),
    waitingMax: settings.QUEUE_MAX,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    sellTimeoutMs: settings.RACE_WINDOW_MS + SELL_TIMEOUT_MS,
    observe: metrics.observe,
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
function turnsOf(kind: StoreKind, mode: LockMode, settings: Settings) {
  if (!races(kind, mode, settings.WORKERS)) return { turnsMax: 1, batchMax: settings.BATCH_MAX };
  return { turnsMax: mode.scope === 'nothing' ? UNLOCKED_TURNS_MAX : 1, batchMax: 1 };
}
