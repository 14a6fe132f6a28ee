import type { Logger } from 'pino';
import { Fault } from '../booking/faults.js';
import { HEARTBEAT_MS } from '../cluster/timeouts.js';
import { createBackend } from '../outbox/create-backend.js';
import { Outbox } from '../outbox/outbox.js';
import { type Settings, storeLocation } from '../settings.js';
import { LogThrottle } from '../telemetry/log-throttle.js';
import { RushDetector } from './rush-detector.js';

/**
 * Starts to deliver what is committed to the webhook of these settings, if there is one. The first time
 * it begins at the end of the log, so it is started before anything is sold.
 *
 * @param primary `onFault` receives faults for which the server must stop; `sales` counts the orders that
 *   were sold
 */
export async function startOutbox(
  settings: Settings,
  log: Logger,
  { onFault, sales }: { onFault: (fault: Fault) => void; sales: () => number },
): Promise<Outbox | undefined> {
  const { WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_ALLOW_PRIVATE } = settings;
  if (WEBHOOK_URL === undefined || WEBHOOK_SECRET === undefined) return undefined;
  const throttle = new LogThrottle();
  const rush = new RushDetector({ sales });
  setInterval(() => rush.look(), 2 * HEARTBEAT_MS).unref(); // heartbeats bring the sales
  return Outbox.start({
    backend: await createBackend(backendOptions(settings)),
    target: {
      url: WEBHOOK_URL,
      secret: WEBHOOK_SECRET,
      allowPrivate: WEBHOOK_ALLOW_PRIVATE === '1',
    },
    limits: {
      triesMax: settings.WEBHOOK_TRIES_MAX,
      ageMaxMs: settings.WEBHOOK_AGE_MAX_S * 1000,
    },
    pacing: { isBusy: () => rush.isOn, lagMaxMs: settings.WEBHOOK_LAG_MAX_S * 1000 },
    events: {
      onFollowing: () => log.info('this server delivers to the webhook'),
      onError(error) {
        const fault = Fault.from(error);
        if (fault.code === 'SYNC_FAILED') onFault(fault);
        throttle.log('error', (suppressed) =>
          log.error({ err: error, suppressed }, 'the outbox cannot be followed; trying again'),
        );
      },
      onFailed: (message) =>
        throttle.log('failed', (suppressed) =>
          log.warn({ ...message, suppressed }, 'a message was not delivered; trying again'),
        ),
      onParked: (message) =>
        throttle.log('parked', (suppressed) =>
          log.error({ ...message, suppressed }, 'a message is parked: npm run outbox -- status'),
        ),
      onStopped: () =>
        log.error('the webhook answered 410, nothing is delivered: npm run outbox -- retry'),
    },
  });
}

/** What the outbox of these settings needs to know of its store. */
const backendOptions = (settings: Settings) => ({
  store: settings.STORE,
  location: storeLocation(settings),
  durable: settings.DURABILITY === 'fsync',
  orderSecret: settings.ORDER_SECRET,
});
