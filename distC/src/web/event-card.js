import { fill, h } from './dom.js';
import { money, number, when } from './format.js';
import { words } from './words.js';
const text = words.office;
/** One event: its count changes in place, so that nobody loses the button under the finger. */
export class EventCard {
    element;
    #count = h('span', { class: 'count' });
    #of = h('span', { class: 'of' });
    #bar = h('span', { class: 'bar' });
    #button;
    #event;
    constructor(event, onBuy) {
        this.#event = event;
        this.#button = h('button', { type: 'button', 'aria-label': text.buyOf(event.name), click: onBuy }, text.buy);
        this.element = h('li', { class: 'event', 'data-event': event.id }, h('div', { class: 'what' }, h('h2', {}, event.name), h('p', {}, event.venue), h('p', {}, h('time', { datetime: event.startsAt }, when(event.startsAt)))), h('div', { class: 'stub' }, h('p', { class: 'left' }, this.#count, this.#of), this.#bar, h('p', { class: 'price' }, money(event.price), this.#button)));
        this.#show();
    }
    get event() {
        return this.#event;
    }
    update(remaining) {
        if (remaining === this.#event.remaining)
            return;
        this.#event = { ...this.#event, remaining };
        this.#show();
        this.element.classList.remove('changed');
        requestAnimationFrame(() => this.element.classList.add('changed'));
    }
    #show() {
        const { remaining, capacity } = this.#event;
        fill(this.#count, remaining === 0 ? text.soldOut : number(remaining));
        fill(this.#of, remaining > 0 && ` ${text.left(capacity)}`);
        this.element.classList.toggle('sold-out', remaining === 0);
        this.#button.disabled = remaining === 0;
        this.#bar.style.setProperty('--left', String(capacity === 0 ? 0 : remaining / capacity));
    }
}
