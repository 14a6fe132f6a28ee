import { buy } from './api.js';
import { fill, h } from './dom.js';
import { money, when } from './format.js';
import { keep, newKey } from './orders.js';
import { words } from './words.js';
const text = words.purchase;
const QUANTITY_MAX = 10;
/** The form to buy, in a dialog; and in it what became of the buy, in words. */
export class Purchase {
    /** Whether the store remembers keys, so that a buy without an answer can be asked for again. */
    usesKeys = false;
    element = h('dialog', { class: 'purchase', 'aria-labelledby': 'purchase-title' });
    #hooks;
    #customer = h('input', {
        id: 'customer',
        required: true,
        maxlength: 128,
        autocomplete: 'name',
    });
    #quantity = h('input', {
        id: 'quantity',
        type: 'number',
        min: 1,
        max: QUANTITY_MAX,
        value: 1,
        required: true,
        inputmode: 'numeric',
    });
    #answer = h('div', { class: 'answer', role: 'status' });
    #submit = h('button', { type: 'submit' }, text.buy);
    #event;
    #key;
    constructor(hooks) {
        this.#hooks = hooks;
    }
    open(event) {
        this.#event = event;
        this.#key = undefined;
        this.#quantity.value = '1';
        this.#submit.disabled = false;
        fill(this.#submit, text.buy);
        fill(this.#answer);
        fill(this.element, h('h2', { id: 'purchase-title' }, event.name), h('p', {}, `${event.venue}, ${when(event.startsAt)}, ${money(event.price)}`), h('form', { submit: (submitted) => this.#buy(submitted) }, h('label', { for: 'customer' }, text.name), this.#customer, h('label', { for: 'quantity' }, text.quantity), this.#quantity, this.#answer, h('p', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet', click: () => this.close() }, text.close), this.#submit)));
        this.element.showModal();
        (this.#customer.value === '' ? this.#customer : this.#submit).focus();
    }
    close() {
        this.element.close();
    }
    #buy(submitted) {
        submitted.preventDefault();
        if (this.#event !== undefined && !this.#submit.disabled)
            void this.#ask(this.#event);
    }
    async #ask(event) {
        const customer = this.#customer.value.trim();
        const quantity = this.#quantity.valueAsNumber;
        // The same key as long as the answer is unknown: the order may stand already.
        if (this.usesKeys)
            this.#key ??= newKey();
        const key = this.#key;
        this.#submit.disabled = true;
        fill(this.#answer, h('p', {}, text.waiting));
        const bought = await buy({ eventId: event.id, customer, quantity }, key);
        if (this.#event !== event)
            return;
        this.#submit.disabled = false;
        if (bought.kind !== 'unknown')
            this.#key = undefined;
        this.#show(bought, quantity);
        this.#keep(bought, { event, customer, quantity, key });
    }
    #show(bought, quantity) {
        const lines = linesOf(bought, quantity, this.usesKeys);
        fill(this.#answer, ...lines.map((line) => h('p', {}, line)));
        this.#answer.dataset.kind = bought.kind;
        if (bought.kind === 'busy')
            fill(this.#submit, text.again);
        else
            fill(this.#submit, bought.kind === 'unknown' && this.usesKeys ? text.askAgain : text.buy);
    }
    #keep(bought, order) {
        if (bought.kind !== 'sold' && bought.kind !== 'unknown')
            return;
        const { event, customer, quantity, key } = order;
        keep({
            ...(bought.kind === 'sold' ? { orderId: bought.sale.orderId } : {}),
            ...(key === undefined ? {} : { key }),
            serials: bought.kind === 'sold' ? bought.sale.serials : [],
            eventId: event.id,
            eventName: event.name,
            customer,
            quantity,
            at: new Date().toISOString(),
        });
        this.#hooks.onChange();
    }
}
function linesOf(bought, quantity, usesKeys) {
    switch (bought.kind) {
        case 'sold':
            return [text.sold(bought.sale.serials), text.soldBy(bought.sale.worker)];
        case 'soldOut':
            return [text.soldOut(quantity, bought.remaining)];
        case 'busy':
            return [text.busy(bought.title)];
        case 'refused':
            return [text.refused(bought.title)];
        case 'unknown':
            return [text.unknown, usesKeys ? text.unknownWithKey : text.unknownWithoutKey];
    }
}
