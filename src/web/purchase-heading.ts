import type { TicketEvent } from './api.js';
import { h } from './dom.js';
import { formatPrice, formatStart } from './format.js';
import type { StoredOrder } from './order-storage.js';

/** The name of what is bought, and where and when it is. An order has no price for each ticket. */
export function purchaseHeading(about: TicketEvent | StoredOrder): HTMLElement[] {
  const isEvent = 'name' in about;
  const { venue, startsAt } = about;
  const facts = [
    venue && h('bdi', {}, venue), // its date and its price stand from left to right
    startsAt && formatStart(startsAt),
    isEvent && formatPrice(about.price),
  ].filter(Boolean);
  return [
    h(
      'h2',
      { id: 'purchase-title', dir: 'auto', tabindex: -1 },
      isEvent ? about.name : about.eventName,
    ),
    h('p', {}, ...facts.flatMap((fact, index) => (index === 0 ? [fact] : [', ', fact]))),
  ];
}
