import { number } from '../timeline/format.js';
import { fetchJson, HttpError, type OrderDetails } from './api.js';
import { cancelControl } from './cancel-order.js';
import { fill, h } from './dom.js';
import { formatSerials, formatStart } from './format.js';
import {
  loadOrders,
  onOrdersChange,
  removeOrder,
  type StoredOrder,
  storeOrder,
} from './order-storage.js';
import { canAskAgain, sendOrder } from './purchase-requests.js';
import { askAgain, describeRefusal, describeSale } from './purchase-texts.js';

const text = {
  title: 'My orders',
  lead: 'Stored only in this browser.',
  none: 'No orders yet.',
  unknown: 'Unknown',
  show: 'Show tickets',
  missing: 'The office has no such order.',
  unreachable: 'No answer from the office.',
  stillUnknown: 'Still unknown: no answer arrived.',
  forget: 'Forget',
  forgotten: 'Removed from this browser. The order itself stays as it is.',
  undo: 'Undo',
};

/** The newest orders are looked up by themselves; the others when they are shown. */
const LOOKUPS_MAX = 10;

/** What the office says of an order. */
interface Status {
  readonly kind: 'valid' | 'cancelled' | 'used' | 'missing' | 'unreachable';
  readonly words: string;
}

/** The orders that were placed in this browser. */
export function ordersPanel(options: {
  readonly announce: (text: string) => void;
  readonly onShow: (order: StoredOrder) => void;
}): { readonly element: HTMLElement; stop(): void } {
  const { announce, onShow } = options;
  const statuses = new Map<string, Status>();
  /** Shown in place of orders that were forgotten a moment ago, until the view is left. */
  const forgotten = new Map<string, StoredOrder>();
  let isStopped = false;
  const list = h('ul', { class: 'orders' });
  const element = h(
    'section',
    { class: 'my-orders', 'aria-labelledby': 'my-orders' },
    h('h2', { id: 'my-orders' }, text.title),
    h('p', { class: 'note' }, text.lead),
    list,
  );

  const show = () => {
    const stored = loadOrders();
    const isStored = (id: string) => stored.some((order) => order.id === id);
    for (const id of forgotten.keys()) if (isStored(id)) forgotten.delete(id);
    const orders = [...stored, ...forgotten.values()].sort((a, b) => (a.at < b.at ? 1 : -1));
    if (orders.length === 0) fill(list, h('li', { class: 'empty' }, text.none));
    else fill(list, ...orders.map((order) => (isStored(order.id) ? item(order) : undoItem(order))));
    void lookUp(stored);
  };

  const item = (order: StoredOrder) => {
    const { id, orderId, eventName, serials, startsAt } = order;
    const status = statuses.get(id);
    const answer = h(
      'span',
      { class: 'order-status', role: 'status', 'data-kind': status?.kind },
      status?.words,
    );
    const button = (label: string, click: () => void) =>
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': `${label}: the order for ${eventName}`,
          click,
        },
        label,
      );
    return h(
      'li',
      { 'data-order': id },
      h(
        'span',
        { class: 'order-event', dir: 'auto' },
        h('strong', {}, eventName),
        startsAt !== undefined && h('span', { class: 'note' }, formatStart(startsAt)),
      ),
      h(
        'span',
        { class: 'order-tickets' },
        orderId === undefined ? text.unknown : describeTickets(serials),
        answer,
      ),
      h(
        'span',
        { class: 'order-buttons' },
        orderId !== undefined && button(text.show, () => onShow(order)),
        orderId === undefined && canAskAgain(order) && button(askAgain, () => void repeat(order)),
        orderId !== undefined &&
          status?.kind === 'valid' &&
          cancelControl({ orderId, eventName, onCancelled: (details) => note(order, details) }),
        button(text.forget, () => forget(order)),
      ),
    );
  };

  const undoItem = (order: StoredOrder) => {
    const undo = () => {
      storeOrder(order);
      list.querySelector<HTMLElement>(`[data-order="${CSS.escape(order.id)}"] button`)?.focus();
    };
    return h(
      'li',
      { class: 'forgotten', 'data-order': order.id },
      h('span', { class: 'order-event' }, `${order.eventName}: ${text.forgotten}`),
      h(
        'span',
        { class: 'order-buttons' },
        h('button', { type: 'button', class: 'quiet', click: undo }, text.undo),
      ),
    );
  };

  const forget = (order: StoredOrder) => {
    forgotten.set(order.id, order);
    removeOrder(order);
    announce(text.forgotten);
    list.querySelector<HTMLElement>(`[data-order="${CSS.escape(order.id)}"] button`)?.focus();
  };

  const note = ({ id }: StoredOrder, details: OrderDetails) => {
    statuses.set(id, describeStatus(details));
    if (!isStopped) show();
  };

  /** Asks the office for the status of the orders, one request at a time. */
  let isLooking = false;
  const lookUp = async (orders: readonly StoredOrder[]) => {
    if (isLooking) return;
    isLooking = true;
    for (const { id, orderId } of orders.slice(0, LOOKUPS_MAX)) {
      if (orderId === undefined || statuses.has(id)) continue;
      statuses.set(id, await fetchStatus(orderId));
      if (isStopped) return;
      showStatus(id);
    }
    isLooking = false;
  };

  /** Replaces one item, unless the buyer is busy with it. */
  const showStatus = (id: string) => {
    const shown = list.querySelector(`[data-order="${CSS.escape(id)}"]:not(.forgotten)`);
    const order = loadOrders().find((stored) => stored.id === id);
    if (order === undefined || shown === null) return;
    if (!shown.contains(document.activeElement)) shown.replaceWith(item(order));
  };

  /** Sends an unknown order again: whether it was sold before or is sold now, it is sold once. */
  const repeat = async (order: StoredOrder) => {
    const result = await sendOrder(order);
    if (result.kind === 'sold') announce(describeSale(result.order.serials));
    else if (result.kind === 'unknown') announce(text.stillUnknown);
    else announce(describeRefusal(result, order.quantity));
  };

  show();
  const unsubscribe = onOrdersChange(show);
  return {
    element,
    stop() {
      isStopped = true;
      unsubscribe();
    },
  };
}

async function fetchStatus(orderId: string): Promise<Status> {
  try {
    const path = `/orders/${encodeURIComponent(orderId)}`;
    return describeStatus(await fetchJson<OrderDetails>(path));
  } catch (error) {
    const isMissing = error instanceof HttpError && error.status === 404;
    return isMissing
      ? { kind: 'missing', words: text.missing }
      : { kind: 'unreachable', words: text.unreachable };
  }
}

function describeStatus({ status, tickets }: OrderDetails): Status {
  if (status === 'cancelled') return { kind: 'cancelled', words: 'Cancelled' };
  const used = tickets.filter(({ admittedAt }) => admittedAt !== undefined).length;
  if (used === 0) return { kind: 'valid', words: 'Valid' };
  const all = used === tickets.length;
  return { kind: 'used', words: all ? 'Used' : `${used} of ${tickets.length} used` };
}

const describeTickets = (serials: readonly number[]): string =>
  serials.length === 1
    ? `Ticket ${number(serials[0] ?? 0)}`
    : `Tickets ${formatSerials(serials[0] ?? 0, serials.at(-1) ?? 0)}`;
