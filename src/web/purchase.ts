import { number } from '../timeline/format.js';
import { type BuyResult, buy, type TicketEvent } from './api.js';
import { fill, h } from './dom.js';
import { formatPrice, formatSerials, formatStart } from './format.js';
import { newIdempotencyKey, storeOrder } from './order-storage.js';

const QUANTITY_MAX = 10;

const text = {
  name: 'Your name',
  quantity: 'Number of tickets',
  buy: 'Buy now',
  close: 'Close',
  retry: 'Try again',
  waiting: 'Waiting for the lock …',
  unknown: 'Unknown. No answer arrived, so the tickets may or may not have been sold to you.',
  unknownWithKey: 'It is safe to ask again: your order has a key, and a key is sold only once.',
  unknownWithoutKey:
    'This store does not remember keys. Buying again may sell you twice as many; ask the organizer.',
};

/** The button that repeats an order with an unknown result. */
export const askAgain = 'Ask again';

/** A completed sale in a sentence. */
export const describeSale = (serials: readonly number[]): string =>
  serials.length === 1
    ? `Sold. Ticket number ${number(serials[0] ?? 0)} is yours.`
    : `Sold. Tickets number ${formatSerials(serials[0] ?? 0, serials.at(-1) ?? 0)} are yours.`;

/** A refused sale in a sentence. */
export const describeSoldOut = (wanted: number, remaining: number): string =>
  remaining === 0
    ? 'Sold out. Nothing was sold to you.'
    : `You asked for ${number(wanted)}, but only ${number(remaining)} ${remaining === 1 ? 'is' : 'are'} left. Nothing was sold to you.`;

export interface PurchaseListener {
  /** An order was stored. */
  readonly onChange: () => void;
}

/** The dialog with the form to buy, which also shows the result. */
export class PurchaseDialog {
  /** Whether the store supports idempotency keys, so that a buy without an answer can be repeated. */
  hasIdempotency = false;
  readonly element = h('dialog', { class: 'purchase', 'aria-labelledby': 'purchase-title' });
  readonly #listener: PurchaseListener;
  readonly #customer = h('input', {
    id: 'customer',
    required: true,
    maxlength: 128,
    autocomplete: 'name',
  });
  readonly #quantity = h('input', {
    id: 'quantity',
    type: 'number',
    min: 1,
    max: QUANTITY_MAX,
    value: 1,
    required: true,
    inputmode: 'numeric',
  });
  readonly #answer = h('div', { class: 'answer', role: 'status' });
  readonly #submit = h('button', { type: 'submit' }, text.buy);
  #event: TicketEvent | undefined;
  #key: string | undefined;

  constructor(listener: PurchaseListener) {
    this.#listener = listener;
  }

  open(event: TicketEvent): void {
    this.#event = event;
    this.#key = undefined;
    this.#quantity.value = '1';
    this.#submit.disabled = false;
    fill(this.#submit, text.buy);
    fill(this.#answer);
    fill(
      this.element,
      h('h2', { id: 'purchase-title' }, event.name),
      h('p', {}, `${event.venue}, ${formatStart(event.startsAt)}, ${formatPrice(event.price)}`),
      h(
        'form',
        { submit: (submitEvent) => this.#onSubmit(submitEvent) },
        h('label', { for: 'customer' }, text.name),
        this.#customer,
        h('label', { for: 'quantity' }, text.quantity),
        this.#quantity,
        this.#answer,
        h(
          'p',
          { class: 'buttons' },
          h('button', { type: 'button', class: 'quiet', click: () => this.close() }, text.close),
          this.#submit,
        ),
      ),
    );
    this.element.showModal();
    (this.#customer.value === '' ? this.#customer : this.#submit).focus();
  }

  close(): void {
    this.element.close();
  }

  #onSubmit(submitEvent: Event): void {
    submitEvent.preventDefault();
    if (this.#event !== undefined && !this.#submit.disabled) void this.#buy(this.#event);
  }

  async #buy(event: TicketEvent): Promise<void> {
    const customer = this.#customer.value.trim();
    const quantity = this.#quantity.valueAsNumber;
    // The key is reused while the result is unknown: the order may already have been sold.
    if (this.hasIdempotency) this.#key ??= newIdempotencyKey();
    const key = this.#key;
    this.#submit.disabled = true;
    fill(this.#answer, h('p', {}, text.waiting));
    const result = await buy({ eventId: event.id, customer, quantity }, key);
    if (this.#event !== event) return;
    this.#submit.disabled = false;
    if (result.kind !== 'unknown') this.#key = undefined;
    this.#show(result, quantity);
    this.#store(result, { event, customer, quantity, key });
  }

  #show(result: BuyResult, quantity: number): void {
    const lines = describeResult(result, quantity, this.hasIdempotency);
    fill(this.#answer, ...lines.map((line) => h('p', {}, line)));
    this.#answer.dataset.kind = result.kind;
    if (result.kind === 'busy') fill(this.#submit, text.retry);
    else {
      const canAskAgain = result.kind === 'unknown' && this.hasIdempotency;
      fill(this.#submit, canAskAgain ? askAgain : text.buy);
    }
  }

  #store(
    result: BuyResult,
    order: { event: TicketEvent; customer: string; quantity: number; key: string | undefined },
  ): void {
    if (result.kind !== 'sold' && result.kind !== 'unknown') return;
    const { event, customer, quantity, key } = order;
    storeOrder({
      ...(result.kind === 'sold' ? { orderId: result.sale.orderId } : {}),
      ...(key === undefined ? {} : { key }),
      serials: result.kind === 'sold' ? result.sale.serials : [],
      eventId: event.id,
      eventName: event.name,
      customer,
      quantity,
      at: new Date().toISOString(),
    });
    this.#listener.onChange();
  }
}

function describeResult(result: BuyResult, quantity: number, hasIdempotency: boolean): string[] {
  switch (result.kind) {
    case 'sold':
      return [describeSale(result.sale.serials), `Sold by process ${result.sale.worker}.`];
    case 'soldOut':
      return [describeSoldOut(quantity, result.remaining)];
    case 'busy':
      return [`Too busy: ${result.title}.`];
    case 'refused':
      return [`Refused: ${result.title}.`];
    case 'unknown':
      return [text.unknown, hasIdempotency ? text.unknownWithKey : text.unknownWithoutKey];
  }
}
