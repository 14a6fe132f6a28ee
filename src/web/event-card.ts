import { number } from '../timeline/format.js';
import type { TicketEvent } from './api.js';
import { fill, h } from './dom.js';
import { formatPrice, formatStart } from './format.js';
import { describeSale, nextChange, saleState } from './sale-window.js';
import { serverNow } from './server-clock.js';

/** Browsers end a longer timer at once. */
const TIMER_MS_MAX = 3_600_000;

/** Longer numbers are shown smaller. */
const COUNT_LENGTH_MAX = 7;

/** The address of an event, which its seller can post. It opens the form to buy. */
export const addressOf = (eventId: string): string =>
  `#box-office?event=${encodeURIComponent(eventId)}`;

/** An event. Its count is updated in place, so that the button never moves away from the pointer. */
export class EventCard {
  readonly element = h('li', { class: 'event' });
  readonly #count = h('span', { class: 'count' });
  readonly #capacity = h('span', { class: 'capacity' });
  readonly #bar = h('span', { class: 'bar' });
  readonly #price = h('span');
  readonly #sale = h('p', { class: 'sale-window' });
  readonly #what = h('div', { class: 'what' });
  readonly #button: HTMLButtonElement;
  readonly #onBuy: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #event: TicketEvent;

  constructor(event: TicketEvent, onBuy: () => void) {
    this.#event = event;
    this.#onBuy = onBuy;
    this.#button = h('button', { type: 'button', click: onBuy }, 'Buy');
    this.element.dataset.event = event.id;
    this.element.append(
      this.#what,
      h(
        'div',
        { class: 'stub' },
        h('p', { class: 'remaining' }, this.#count, this.#capacity),
        this.#bar,
        h('p', { class: 'price' }, this.#price, this.#button),
      ),
    );
    this.#showDetails();
    this.#show();
  }

  get event(): TicketEvent {
    return this.#event;
  }

  get isBuyable(): boolean {
    return !this.#button.disabled;
  }

  /** Tickets were sold, or came back. */
  update(remaining: number): void {
    if (remaining === this.#event.remaining) return;
    this.#event = { ...this.#event, remaining };
    this.#show();
    this.element.classList.remove('changed');
    requestAnimationFrame(() => this.element.classList.add('changed'));
  }

  /** The event as it is now: its organiser may have edited it. */
  replace(event: TicketEvent): void {
    this.update(event.remaining);
    if (JSON.stringify(event) === JSON.stringify(this.#event)) return;
    this.#event = event;
    this.#showDetails();
    this.#show();
  }

  /** Ends its timer. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #showDetails(): void {
    const { id, name, venue, startsAt, price } = this.#event;
    this.#button.setAttribute('aria-label', `Buy tickets for ${name}`);
    fill(this.#price, formatPrice(price));
    const link = h('a', { href: addressOf(id), click: (event) => this.#openInPlace(event) }, name);
    fill(
      this.#what,
      h('h2', { dir: 'auto' }, link),
      h('p', { dir: 'auto' }, venue),
      h('p', {}, h('time', { datetime: startsAt }, formatStart(startsAt))),
      this.#sale,
    );
  }

  /** A click opens the form here; the address is for other windows and for copying. */
  #openInPlace(event: Event): void {
    const { ctrlKey, metaKey, shiftKey } = event as MouseEvent;
    if (ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    if (this.isBuyable) this.#onBuy();
  }

  #show(): void {
    const { remaining, capacity } = this.#event;
    const now = serverNow();
    const left = number(remaining);
    const state = saleState(this.#event, now);
    fill(this.#count, remaining === 0 ? 'Sold out' : left);
    this.#count.classList.toggle('long', left.length > COUNT_LENGTH_MAX);
    fill(this.#capacity, remaining > 0 && ` of ${number(capacity)} left`);
    fill(this.#sale, describeSale(this.#event, now));
    this.element.classList.toggle('sold-out', remaining === 0);
    fill(this.#button, buttonText[state]);
    this.#button.disabled = remaining === 0 || state !== 'open';
    this.#bar.style.setProperty('--remaining', String(capacity === 0 ? 0 : remaining / capacity));
    clearTimeout(this.#timer);
    const next = nextChange(this.#event, now);
    if (next === undefined) return;
    this.#timer = setTimeout(() => this.#show(), Math.min(TIMER_MS_MAX, next - now));
  }
}

const buttonText = { open: 'Buy', opensLater: 'Opens later', closed: 'Closed' } as const;
