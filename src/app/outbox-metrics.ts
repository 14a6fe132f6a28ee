import type { Outbox } from '../outbox/outbox.js';

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
