import { number } from '../timeline/format.js';
import { buy, fetchJson, HttpError, type Sale } from './api.js';
import { fill, h } from './dom.js';
import { formatSerials } from './format.js';
import { loadOrders, removeOrder, type StoredOrder, storeOrder } from './order-storage.js';
import { askAgain, describeSale, describeSoldOut } from './purchase.js';

const text = {
  title: 'My orders',
  lead: 'Stored only in this browser.',
  none: 'No orders yet.',
  unknown: 'Unknown',
  check: 'Check',
  confirmed: 'Confirmed by the office.',
  missing: 'The office has no such order.',
  forget: 'Forget',
  forgotten: 'Removed from this browser. The tickets remain sold.',
};

/** The orders that were placed in this browser. */
export function ordersPanel(announce: (text: string) => void): {
  readonly element: HTMLElement;
  show(): void;
} {
  const list = h('ul', { class: 'orders' });
  const element = h(
    'section',
    { class: 'my-orders', 'aria-labelledby': 'my-orders' },
    h('h2', { id: 'my-orders' }, text.title),
    h('p', { class: 'note' }, text.lead),
    list,
  );

  const show = () => {
    const orders = loadOrders();
    if (orders.length === 0) fill(list, h('li', { class: 'empty' }, text.none));
    else fill(list, ...orders.map(orderItem));
  };

  const orderItem = (order: StoredOrder) => {
    const { orderId, eventName, key, serials } = order;
    const answer = h('span', { class: 'confirmed', role: 'status' });
    return h(
      'li',
      {},
      h('span', { class: 'order-event', dir: 'auto' }, eventName),
      h(
        'span',
        { class: 'order-tickets' },
        orderId === undefined ? text.unknown : describeTickets(serials),
      ),
      answer,
      (orderId !== undefined || key !== undefined) &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-label': `Check the order for ${eventName}`,
            click: () => void check(order, answer),
          },
          orderId === undefined ? askAgain : text.check,
        ),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': `Forget the order for ${eventName}`,
          click: () => {
            removeOrder(order);
            show();
            announce(text.forgotten);
          },
        },
        text.forget,
      ),
    );
  };

  const check = async (order: StoredOrder, answer: HTMLElement) => {
    if (order.orderId === undefined) return repeat(order);
    try {
      await fetchJson<Sale>(`/orders/${encodeURIComponent(order.orderId)}`);
      answer.classList.remove('missing');
      fill(answer, text.confirmed);
    } catch (error) {
      const missing = error instanceof HttpError && error.status === 404;
      answer.classList.add('missing');
      fill(answer, missing ? text.missing : (error as Error).message);
    }
  };

  /** Repeats an order with the same key: whether it was sold before or is sold now, it is sold once. */
  const repeat = async (order: StoredOrder) => {
    const { eventId, customer, quantity, key } = order;
    const result = await buy({ eventId, customer, quantity }, key);
    if (result.kind === 'sold') {
      const { orderId, serials } = result.sale;
      storeOrder({ ...order, orderId, serials });
      announce(describeSale(serials));
    } else if (result.kind === 'soldOut') {
      removeOrder(order);
      announce(describeSoldOut(quantity, result.remaining));
    }
    show();
  };

  show();
  return { element, show };
}

const describeTickets = (serials: readonly number[]): string =>
  serials.length === 1
    ? `Ticket ${number(serials[0] ?? 0)}`
    : `Tickets ${formatSerials(serials[0] ?? 0, serials.at(-1) ?? 0)}`;
