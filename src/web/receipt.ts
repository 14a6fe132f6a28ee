import { count, number } from '../timeline/format.js';
import type { OrderDetails, TicketEvent } from './api.js';
import { cancelControl } from './cancel-order.js';
import { fill, h } from './dom.js';
import { formatClock, formatPrice } from './format.js';

const text = {
  order: 'Order number',
  customer: 'Name',
  tickets: 'Tickets',
  total: 'Total',
  cancelled: 'Cancelled. These tickets are not valid any more.',
  showAtDoor: 'Show these codes at the door. Each lets one person in, once.',
  noCodes: 'This office has no codes for tickets: keep the order number.',
};

type Ticket = OrderDetails['tickets'][number];

/** What a buyer keeps: the tickets with their codes, what they cost, and the order number. */
export function receipt(
  order: OrderDetails,
  eventName: string,
  onCancelled: (order: OrderDetails) => void,
): HTMLElement {
  const element = h('div', { class: 'receipt' });
  const show = (shown: OrderDetails) => {
    const { orderId, customer, quantity, total, tickets } = shown;
    const isValid = shown.status === 'valid';
    const wasUsed = tickets.some(({ admittedAt }) => admittedAt !== undefined);
    fill(
      element,
      h(
        'dl',
        { class: 'facts' },
        ...fact(text.customer, customer),
        ...fact(text.tickets, count(quantity, 'ticket')),
        ...(total === undefined ? [] : fact(text.total, formatPrice(total))),
        ...fact(text.order, orderId),
      ),
      h(
        'p',
        { class: isValid ? 'note' : 'void' },
        isValid ? instructionFor(tickets) : text.cancelled,
      ),
      h(
        'ul',
        { class: isValid ? 'tickets' : 'tickets invalid' },
        ...tickets.map((ticket) => ticketItem(ticket, isValid)),
      ),
      isValid && !wasUsed && cancelControl({ orderId, eventName, onCancelled: showCancelled }),
    );
  };
  const showCancelled = (cancelled: OrderDetails) => {
    show(cancelled);
    onCancelled(cancelled);
  };
  show(order);
  return element;
}

/** What tickets cost together, before they are bought. */
export const totalOf = ({ price }: Pick<TicketEvent, 'price'>, quantity: number): string =>
  formatPrice({ ...price, amount: price.amount * quantity });

/** A term and its description, for a list of facts. */
export const fact = (term: string, description: string): HTMLElement[] => [
  h('dt', {}, term),
  h('dd', { dir: 'auto' }, description),
];

function ticketItem({ serial, code, admittedAt }: Ticket, isValid: boolean): HTMLElement {
  return h(
    'li',
    {},
    isValid &&
      code !== undefined &&
      h('img', {
        src: `/tickets/${encodeURIComponent(code)}.svg`,
        alt: `QR code of ticket ${serial}`,
        width: 160,
        height: 160,
      }),
    h('strong', {}, `Ticket ${number(serial)}`),
    isValid && code !== undefined && h('code', {}, code),
    admittedAt !== undefined && h('span', { class: 'used' }, `Used at ${formatClock(admittedAt)}`),
  );
}

const instructionFor = (tickets: readonly Ticket[]): string =>
  tickets.some(({ code }) => code !== undefined) ? text.showAtDoor : text.noCodes;
