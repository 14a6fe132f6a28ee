import { count, number } from '../../timeline/format.js';
import type { OutboxStatus } from '../api.js';
import { formatInstant } from '../format.js';

/** What the webhook was told, in a line; `undefined` without a webhook. */
export function describeOutbox(status: OutboxStatus): string | undefined {
  const { webhook, delivered = 0, undelivered = 0, oldest, parkedCount = 0 } = status;
  if (webhook === 'off') return undefined;
  const parts = [`Webhook: ${number(delivered)} delivered`];
  if (undelivered > 0) {
    const since = oldest ? ` since ${formatInstant(oldest)}` : '';
    parts.push(`${count(undelivered, 'message')} waiting${since}`);
  }
  if (parkedCount > 0) parts.push(`${number(parkedCount)} given up (npm run outbox -- status)`);
  if (webhook === 'stopped') {
    parts.push('stopped, because its receiver wants no messages (npm run outbox -- retry)');
  }
  return `${parts.join(', ')}.`;
}
