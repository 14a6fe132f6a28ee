import type { NewHold, TicketEvent } from './api.js';
import { h } from './dom.js';
import { formatPrice } from './format.js';
import { newKey, type StoredOrder } from './order-storage.js';
import { text } from './purchase-texts.js';
import { fact, totalOf } from './receipt.js';
import { serverNow } from './server-clock.js';

/** What the buyer filled in. */
export interface Wish {
  readonly event: TicketEvent;
  readonly customer: string;
  readonly quantity: number;
}

/** The order that a buyer is about to place, with a new key. @param hold the tickets that are held for it */
export const orderOf = ({ event, customer, quantity }: Wish, hold?: NewHold): StoredOrder => ({
  id: newKey(),
  ...(hold && { holdId: hold.holdId }),
  eventId: event.id,
  eventName: event.name,
  venue: event.venue,
  startsAt: event.startsAt,
  customer,
  quantity,
  serials: [],
  at: new Date(serverNow()).toISOString(),
});

/** What is bought, for whom, and what it costs. @param left how long it is held */
export function orderReview(
  { event, customer, quantity }: Wish,
  hold: NewHold | undefined,
  left: HTMLElement | undefined,
): HTMLElement {
  const total = hold?.total === undefined ? totalOf(event, quantity) : formatPrice(hold.total);
  return h(
    'div',
    { class: 'review', role: 'group', 'aria-label': text.review, tabindex: -1 },
    h(
      'dl',
      { class: 'facts' },
      ...fact(text.tickets, `${quantity} × ${formatPrice(event.price)}`),
      ...fact(text.forName, customer),
      ...fact(text.total, total),
    ),
    left,
  );
}
