import { number } from '../../timeline/format.js';
import type { OrdersAnswer, TicketEvent } from '../api.js';
import { fill, h } from '../dom.js';
import { formatInstant, formatPrice } from '../format.js';
import { operatorJson, operatorRequest } from './operator.js';

const text = {
  title: 'Orders',
  event: 'Event',
  all: 'All events',
  none: 'No orders yet.',
  more: 'More orders',
  refresh: 'Refresh',
  csv: 'Download as CSV',
  status: { valid: 'Valid', cancelled: 'Cancelled' },
};

const columns = ['Buyer', 'Event', 'Tickets', 'Total', 'Status', 'Sold at', 'Order'];

const PAGE = 50;

type PlacedOrder = OrdersAnswer['orders'][number];

/** Who bought what, in pages, and as a file. */
export class OrdersSection {
  readonly element: HTMLElement;
  readonly #event = h('select', { id: 'orders-event', change: () => void this.load() });
  readonly #rows = h('tbody');
  readonly #more = h('button', { type: 'button', class: 'quiet', hidden: true }, text.more);
  readonly #errorLine = h('p', { class: 'error', role: 'status' });
  readonly #names = new Map<string, string>();
  #latestRequest = 0;

  constructor() {
    const button = (label: string, click: () => void) =>
      h('button', { type: 'button', class: 'quiet', click }, label);
    this.element = h(
      'section',
      { 'aria-labelledby': 'orders-title' },
      h('h2', { id: 'orders-title', tabindex: -1 }, text.title),
      h(
        'p',
        { class: 'toolbar' },
        h('label', { for: 'orders-event' }, text.event),
        this.#event,
        button(text.refresh, () => void this.load()),
        button(text.csv, () => void this.#download()),
      ),
      this.#errorLine,
      h(
        'table',
        { class: 'listing' },
        h('thead', {}, h('tr', {}, ...columns.map((each) => h('th', { scope: 'col' }, each)))),
        this.#rows,
      ),
      this.#more,
    );
    this.showEvents([]);
  }

  /** The events to choose from. */
  showEvents(events: readonly TicketEvent[]): void {
    const chosen = this.#event.value;
    const isSame =
      events.length === this.#names.size &&
      events.every(({ id, name }) => this.#names.get(id) === name);
    if (isSame && this.#event.options.length > 0) return;
    this.#names.clear();
    for (const { id, name } of events) this.#names.set(id, name);
    fill(
      this.#event,
      h('option', { value: '' }, text.all),
      ...events.map(({ id, name }) => h('option', { value: id }, name)),
    );
    this.#event.value = this.#names.has(chosen) ? chosen : '';
    if (events.length > 0) void this.load(); // with their names
  }

  /** Shows the orders of one event. */
  choose(eventId: string): void {
    this.#event.value = eventId;
    void this.load();
    this.element.querySelector('h2')?.focus();
    this.element.scrollIntoView({ block: 'start' });
  }

  async load(cursor?: string): Promise<void> {
    const request = ++this.#latestRequest;
    const query = new URLSearchParams({ limit: String(PAGE), ...this.#filter() });
    if (cursor !== undefined) query.set('cursor', cursor);
    try {
      const { orders, next } = await operatorJson<OrdersAnswer>(`/orders?${query}`);
      if (request !== this.#latestRequest) return;
      fill(this.#errorLine);
      if (cursor === undefined) fill(this.#rows);
      this.#rows.append(...orders.map((order) => this.#row(order)));
      if (this.#rows.childElementCount === 0) {
        const cell = h('td', { class: 'empty', colspan: columns.length }, text.none);
        fill(this.#rows, h('tr', {}, cell));
      }
      this.#more.hidden = next === null;
      this.#more.onclick = () => void this.load(next ?? undefined);
    } catch (error) {
      if (request === this.#latestRequest) fill(this.#errorLine, (error as Error).message);
    }
  }

  #filter(): Record<string, string> {
    return this.#event.value === '' ? {} : { eventId: this.#event.value };
  }

  #row(order: PlacedOrder): HTMLElement {
    const { customer, eventId, serials, total, status, soldAt, orderId } = order;
    const cells = [
      this.#names.get(eventId) ?? eventId,
      serials.map(number).join(', '),
      total === undefined ? '–' : formatPrice(total),
      text.status[status],
      formatInstant(soldAt),
      orderId,
    ];
    return h(
      'tr',
      { class: status },
      h('th', { scope: 'row', dir: 'auto' }, customer),
      ...cells.map((cell, index) =>
        h('td', { dir: 'auto', 'data-label': columns[index + 1] }, cell),
      ),
    );
  }

  /** A link cannot send the token, so the file is fetched and then saved. */
  async #download(): Promise<void> {
    try {
      const query = new URLSearchParams(this.#filter());
      const response = await operatorRequest(`/orders.csv?${query}`, { signal: null });
      const url = URL.createObjectURL(await response.blob());
      h('a', {
        href: url,
        download: `orders${this.#event.value && `-${this.#event.value}`}.csv`,
      }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      fill(this.#errorLine, (error as Error).message);
    }
  }
}
