import { number } from '../timeline/format.js';
import { type BuyResult, buy, type Sale, type TicketEvent } from './api.js';
import { fill, h } from './dom.js';
import { formatPrice, formatSerials, formatStart } from './format.js';
import { newIdempotencyKey, storeOrder } from './order-storage.js';

const QUANTITY_MAX = 10;

const text = {
  name: 'Your name',
  quantity: 'Number of tickets',
  buy: 'Buy now',
  close: 'Close',
  buyMore: 'Buy more',
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

/** An order as it was sent. */
interface SentOrder {
  readonly event: TicketEvent;
  readonly customer: string;
  readonly quantity: number;
  readonly key: string | undefined;
}

/**
 * The dialog with the form to buy, which also shows the result. One purchase per event is under way at
 * a time, and a key that is held or a click that is repeated never starts another.
 */
export class PurchaseDialog {
  /** Whether the store supports idempotency keys, so that a buy without an answer can be repeated. */
  hasIdempotency = false;
  readonly element = h('dialog', {
    class: 'purchase',
    'aria-labelledby': 'purchase-title',
    keydown: (event) => ignoreHeldEnter(event as KeyboardEvent),
  });
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
  readonly #answer = h('div', { class: 'answer', role: 'status', tabindex: -1 });
  readonly #submit = h('button', { type: 'submit', click: ignoreRepeatedClick }, text.buy);
  /** The events of which a purchase has no answer yet. */
  readonly #waiting = new Set<string>();
  #event: TicketEvent | undefined;
  /** An order with an unknown result: it may have been sold, so only the same one is sent again. */
  #unknownOrder: SentOrder | undefined;

  constructor(listener: PurchaseListener) {
    this.#listener = listener;
  }

  open(event: TicketEvent): void {
    this.#event = event;
    this.#showForm(event);
    this.element.showModal();
    (this.#customer.value === '' ? this.#customer : this.#submit).focus();
  }

  close(): void {
    this.element.close();
  }

  #showForm(event: TicketEvent): void {
    this.#unknownOrder = undefined;
    this.#quantity.value = '1';
    fill(this.#submit, text.buy);
    fill(this.#answer);
    this.#draw(
      event,
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
    );
    this.#setWaiting(this.#waiting.has(event.id));
  }

  /** After a sale there is no form: to buy more takes another decision. */
  #showSold(event: TicketEvent): void {
    const buyMore = (click: Event) => {
      if (ignoreRepeatedClick(click)) return;
      this.#showForm(event);
      this.#quantity.focus();
    };
    this.#draw(
      event,
      this.#answer,
      h(
        'p',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet', click: buyMore }, text.buyMore),
        h('button', { type: 'button', click: () => this.close() }, text.close),
      ),
    );
  }

  #draw({ name, venue, startsAt, price }: TicketEvent, ...content: readonly HTMLElement[]): void {
    fill(
      this.element,
      h('h2', { id: 'purchase-title' }, name),
      h('p', {}, `${venue}, ${formatStart(startsAt)}, ${formatPrice(price)}`),
      h('form', { submit: (event) => this.#onSubmit(event) }, ...content),
    );
  }

  #setWaiting(isWaiting: boolean): void {
    this.#submit.disabled = isWaiting;
    this.#customer.readOnly = isWaiting;
    this.#quantity.readOnly = isWaiting;
    if (!isWaiting) return;
    fill(this.#answer, h('p', {}, text.waiting));
    delete this.#answer.dataset.kind;
  }

  #onSubmit(submitEvent: Event): void {
    submitEvent.preventDefault();
    const event = this.#event;
    if (event !== undefined && !this.#waiting.has(event.id)) void this.#buy(event);
  }

  async #buy(event: TicketEvent): Promise<void> {
    const order = this.#unknownOrder ?? {
      event,
      customer: this.#customer.value.trim(),
      quantity: this.#quantity.valueAsNumber,
      key: this.hasIdempotency ? newIdempotencyKey() : undefined,
    };
    const { customer, quantity, key } = order;
    this.#waiting.add(event.id);
    this.#setWaiting(true);
    const result = await buy({ eventId: event.id, customer, quantity }, key);
    this.#waiting.delete(event.id);
    // Meanwhile the dialog may have been closed, or opened for another event.
    this.#store(result, order);
    if (this.element.open && this.#event?.id === event.id) this.#show(result, order);
  }

  #show(result: BuyResult, order: SentOrder): void {
    const { event, quantity, key } = order;
    const lines = describeResult(result, quantity, key !== undefined);
    fill(this.#answer, ...lines.map((line) => h('p', {}, line)));
    this.#answer.dataset.kind = result.kind;
    this.#setWaiting(false);
    const canAskAgain = result.kind === 'unknown' && key !== undefined;
    this.#unknownOrder = canAskAgain ? order : undefined;
    this.#customer.readOnly = canAskAgain;
    this.#quantity.readOnly = canAskAgain;
    if (result.kind === 'sold') this.#showSold(event);
    else if (canAskAgain) fill(this.#submit, askAgain);
    else fill(this.#submit, result.kind === 'busy' ? text.retry : text.buy);
    // Nothing happens there on Enter: one that was pressed twice must not buy twice.
    this.#answer.focus();
  }

  #store(result: BuyResult, { event, customer, quantity, key }: SentOrder): void {
    if (result.kind !== 'sold' && result.kind !== 'unknown') return;
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

/** A key that is held repeats: it must not press one button after the other. */
function ignoreHeldEnter(event: KeyboardEvent): void {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
}

/** Of a double click only the first counts: the answer may come between the two. */
function ignoreRepeatedClick(event: Event): boolean {
  const isRepeated = (event as MouseEvent).detail > 1;
  if (isRepeated) event.preventDefault();
  return isRepeated;
}

const describeSold = ({ serials, worker }: Sale): string[] =>
  worker === undefined
    ? [describeSale(serials)]
    : [describeSale(serials), `Sold by process ${worker}.`];

function describeResult(result: BuyResult, quantity: number, hasIdempotency: boolean): string[] {
  switch (result.kind) {
    case 'sold':
      return describeSold(result.sale);
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
