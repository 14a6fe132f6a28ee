import { number } from '../timeline/format.js';
import type { TicketEvent } from './api.js';
import { fill, h } from './dom.js';
import { formatPrice, formatStart } from './format.js';

/** An event. Its count is updated in place, so that the button never moves away from the pointer. */
export class EventCard {
  readonly element: HTMLLIElement;
  readonly #count = h('span', { class: 'count' });
  readonly #capacity = h('span', { class: 'capacity' });
  readonly #bar = h('span', { class: 'bar' });
  readonly #button: HTMLButtonElement;
  #event: TicketEvent;

  constructor(event: TicketEvent, onBuy: () => void) {
    this.#event = event;
    this.#button = h(
      'button',
      { type: 'button', 'aria-label': `Buy tickets for ${event.name}`, click: onBuy },
      'Buy',
    );
    this.element = h(
      'li',
      { class: 'event', 'data-event': event.id },
      h(
        'div',
        { class: 'what' },
        h('h2', { dir: 'auto' }, event.name),
        h('p', { dir: 'auto' }, event.venue),
        h('p', {}, h('time', { datetime: event.startsAt }, formatStart(event.startsAt))),
      ),
      h(
        'div',
        { class: 'stub' },
        h('p', { class: 'remaining' }, this.#count, this.#capacity),
        this.#bar,
        h('p', { class: 'price' }, formatPrice(event.price), this.#button),
      ),
    );
    this.#show();
  }

  get event(): TicketEvent {
    return this.#event;
  }

  update(remaining: number): void {
    if (remaining === this.#event.remaining) return;
    this.#event = { ...this.#event, remaining };
    this.#show();
    this.element.classList.remove('changed');
    requestAnimationFrame(() => this.element.classList.add('changed'));
  }

  #show(): void {
    const { remaining, capacity } = this.#event;
    fill(this.#count, remaining === 0 ? 'Sold out' : number(remaining));
    fill(this.#capacity, remaining > 0 && ` of ${number(capacity)} left`);
    this.element.classList.toggle('sold-out', remaining === 0);
    this.#button.disabled = remaining === 0;
    this.#bar.style.setProperty('--remaining', String(capacity === 0 ? 0 : remaining / capacity));
  }
}
