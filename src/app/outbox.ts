import type { Logger } from 'pino';
import { Fault } from '../booking/faults.js';
import { HEARTBEAT_MS } from '../cluster/timeouts.js';
import type { ResendResult } from '../http/app-context.js';
import type { OutboxStatus } from '../http/schemas.js';
import { createBackend } from '../outbox/create-backend.js';
import { Outbox } from '../outbox/outbox.js';
import { OutboxBusyError } from '../outbox/requests.js';
import { type Settings, storeLocation } from '../settings.js';
import { LogThrottle } from '../telemetry/log-throttle.js';
import { Rush } from './rush.js';

/** How many parked messages a status names. */
const PARKED_SHOWN_MAX = 20;

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
  const rush = new Rush({ sales });
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
export const backendOptions = (settings: Settings) => ({
  store: settings.STORE,
  location: storeLocation(settings),
  durable: settings.DURABILITY === 'fsync',
  orderSecret: settings.ORDER_SECRET,
});

/** The state of the outbox for operators. */
export async function outboxStatus(outbox: Outbox | undefined): Promise<OutboxStatus> {
  if (outbox === undefined) return { webhook: 'off' };
  const isFollowing = outbox.figures.progress !== undefined;
  const progress = await outbox.progress();
  const { backlog, redeliveries = [], stopped, delivered = 0 } = progress ?? {};
  const parked = redeliveries.flatMap(({ id, type, eventId, at, parked }) =>
    parked === undefined
      ? []
      : [{ id, type, eventId, at, tries: parked.tries, reason: parked.reason }],
  );
  return {
    webhook: stopped === undefined ? 'on' : 'stopped',
    isFollowing,
    delivered,
    undelivered: backlog?.undelivered ?? 0,
    oldest: backlog?.oldest ?? null,
    waiting: [...(backlog?.waiting ?? [])],
    parkedCount: parked.length,
    parked: parked.slice(0, PARKED_SHOWN_MAX),
  };
}

/** Delivers an order once more, also if another server follows the log. */
export async function resendOrder(
  outbox: Outbox | undefined,
  order: { readonly orderId: string; readonly eventId: string },
): Promise<ResendResult> {
  if (outbox === undefined) return 'off';
  try {
    await outbox.resend(order);
    return 'queued';
  } catch (error) {
    if (error instanceof OutboxBusyError) return 'full';
    throw error;
  }
}

/**
 * The metrics of the outbox, in the Prometheus text format. Only the server that follows the log knows
 * what is undelivered.
 */
export function outboxMetrics(outbox: Outbox | undefined, now = Date.now()): string {
  if (outbox === undefined) return '';
  const { delivered, progress } = outbox.figures;
  const isFollowing = progress !== undefined;
  const { backlog, redeliveries = [], stopped } = progress ?? {};
  const oldestMs = backlog?.oldest === undefined ? 0 : now - Date.parse(backlog.oldest);
  const gauges = [
    ['following', 'Whether this server delivers to the webhook', isFollowing ? 1 : 0],
    ...(isFollowing
      ? ([
          ['undelivered', 'Messages that were read and not delivered', backlog?.undelivered ?? 0],
          ['oldest_undelivered_seconds', 'Age of the oldest of them', Math.max(0, oldestMs) / 1000],
          [
            'parked',
            'Messages that were given up',
            redeliveries.filter((each) => each.parked).length,
          ],
          ['stopped', 'Whether the receiver answered 410', stopped === undefined ? 0 : 1],
        ] as const)
      : []),
  ] as const;
  const describe = (name: string, type: string, help: string, value: number) =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
  return [
    describe(
      'turnstile_outbox_delivered_total',
      'counter',
      'Messages that this server delivered',
      delivered,
    ),
    ...gauges.map(([name, help, value]) =>
      describe(`turnstile_outbox_${name}`, 'gauge', help, value),
    ),
  ].join('');
}
