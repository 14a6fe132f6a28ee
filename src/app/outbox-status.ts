import type { ResendResult } from '../http/app-context.js';
import type { OutboxStatus } from '../http/schemas.js';
import type { Outbox } from '../outbox/outbox.js';
import { OutboxBusyError } from '../outbox/requests.js';

/** How many parked messages a status names. */
const PARKED_SHOWN_MAX = 20;

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
