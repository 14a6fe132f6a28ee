import { fetchJson, type NewHold, type OrderDetails, type TicketEvent } from './api.js';
import { countdown } from './countdown.js';
import { type Child, fill, h } from './dom.js';
import { orderOf, orderReview, type Wish } from './order-review.js';
import { newKey, type StoredOrder } from './order-storage.js';
import { purchaseHeading } from './purchase-heading.js';
import {
  canAskAgain,
  holdTickets,
  type OrderResult,
  releaseHold,
  sendOrder,
} from './purchase-requests.js';
import { askAgain, describeRefusal, describeSale, text } from './purchase-texts.js';
import { receipt, totalOf } from './receipt.js';
import { ignoreHeldEnter, ignoreRepeatedClick, once } from './repeated-input.js';
import { Stepper } from './stepper.js';

const QUANTITY_MAX = 10;

export interface PurchaseListener {
  /** The dialog shows this event now, or none. */
  readonly onShow: (event: TicketEvent | undefined) => void;
}

/**
 * The dialog to buy: a form; then, while the tickets are held, what they cost; then the receipt. One
 * purchase per event is under way at a time, and a key that is held or a click that is repeated never
 * starts another.
 */
export class PurchaseDialog {
  readonly element = h('dialog', {
    class: 'purchase',
    'aria-labelledby': 'purchase-title',
    keydown: (event) => ignoreHeldEnter(event as KeyboardEvent),
    close: () => this.#onClosed(),
  });
  readonly #listener: PurchaseListener;
  readonly #customer = h('input', {
    id: 'customer',
    required: true,
    maxlength: 128,
    autocomplete: 'name',
  });
  readonly #quantity = new Stepper({
    id: 'quantity',
    min: 1,
    max: QUANTITY_MAX,
    noun: 'ticket',
    onChange: () => this.#showTotal(),
  });
  readonly #total = h('output', { for: 'quantity', class: 'total' });
  readonly #answer = h('div', { class: 'answer', role: 'status', tabindex: -1 });
  readonly #submit = h('button', { type: 'submit', click: ignoreRepeatedClick });
  /** The events of which an order has no answer yet. */
  readonly #waiting = new Set<string>();
  #event: TicketEvent | undefined;
  /** What Enter and the submit button do now. */
  #onSubmit: () => void = () => {};
  /** Held tickets that are neither sold nor released. */
  #hold: NewHold | undefined;
  #stopCountdown = () => {};
  /** Whether the office has said that it remembers no keys: then nothing is held, as before. */
  #holdsNothing = false;
  /** Counts the openings: an answer for an earlier one is not shown. */
  #opening = 0;

  constructor(listener: PurchaseListener) {
    this.#listener = listener;
  }

  open(event: TicketEvent): void {
    this.#begin(event);
    this.#quantity.value = 1;
    this.#showForm(event);
    this.element.showModal();
    (this.#customer.value === '' ? this.#customer : this.#submit).focus();
  }

  /** Shows the tickets of an order that was bought before. */
  async openOrder(order: StoredOrder): Promise<void> {
    const opening = this.#begin(undefined);
    fill(this.#answer, h('p', {}, text.holding));
    delete this.#answer.dataset.kind;
    this.#draw(order, this.#answer, this.#closeButton(text.close));
    this.element.showModal();
    await this.#loadReceipt(order, opening);
  }

  close(): void {
    this.element.close();
  }

  /** Releases what is held, as when the page is closed. */
  abandon(): void {
    this.#stopCountdown();
    if (this.#hold !== undefined) releaseHold(this.#hold);
    this.#hold = undefined;
  }

  #begin(event: TicketEvent | undefined): number {
    this.abandon();
    this.#event = event;
    this.#listener.onShow(event);
    return ++this.#opening;
  }

  #onClosed(): void {
    this.abandon();
    this.#opening++;
    this.#listener.onShow(undefined);
  }

  #showForm(event: TicketEvent): void {
    this.#onSubmit = () => this.#continue(event);
    fill(this.#submit, text.resume);
    fill(this.#answer);
    this.#draw(
      event,
      h('label', { for: 'customer' }, text.name),
      this.#customer,
      h('label', { for: 'quantity' }, text.quantity),
      h('p', { class: 'amount' }, this.#quantity.element, this.#total),
      this.#answer,
      h('p', { class: 'buttons' }, this.#closeButton(text.close, 'quiet'), this.#submit),
    );
    this.#showTotal();
    this.#setWaiting(this.#waiting.has(event.id) ? text.buying : undefined);
  }

  #showTotal(): void {
    const [event, quantity] = [this.#event, this.#quantity.value];
    if (event === undefined) return;
    fill(this.#total, quantity === undefined ? '' : `${text.total} ${totalOf(event, quantity)}`);
  }

  #continue(event: TicketEvent): void {
    const customer = this.#customer.value.trim();
    const quantity = this.#quantity.value ?? 1;
    if (customer === '') {
      this.#say('refused', text.noName);
      this.#customer.focus();
      return;
    }
    const wish = { event, customer, quantity };
    if (this.#holdsNothing) this.#showReview(wish);
    else void this.#tryToHold(wish, newKey());
  }

  async #tryToHold(wish: Wish, key: string): Promise<void> {
    const { event, customer, quantity } = wish;
    const opening = this.#opening;
    this.#setWaiting(text.holding);
    const result = await holdTickets({ eventId: event.id, customer, quantity }, key);
    if (opening !== this.#opening) {
      // The dialog was closed meanwhile, so the buyer does not want them.
      if (result.kind === 'held') releaseHold(result.hold);
      return;
    }
    this.#setWaiting(undefined);
    if (result.kind === 'held') {
      this.#hold = result.hold;
      this.#showReview(wish);
    } else if (result.kind === 'noKeys') {
      this.#holdsNothing = true;
      this.#showReview(wish);
    } else if (result.kind === 'unknown') {
      // With the same key: if the first attempt held them, this is the same hold.
      this.#onSubmit = () => void this.#tryToHold(wish, key);
      this.#say('busy', text.notHeld);
      this.#lock(true);
      fill(this.#submit, text.retry);
      this.#answer.focus();
    } else {
      this.#say(result.kind, describeRefusal(result, quantity));
      this.#onSubmit = () => this.#continue(event);
      fill(this.#submit, result.kind === 'busy' ? text.retry : text.resume);
      this.#answer.focus();
    }
  }

  /** What is bought, and what it costs. To buy takes another decision. */
  #showReview(wish: Wish): void {
    const { event } = wish;
    const hold = this.#hold;
    const left = hold && countdown(hold.expiresAt, () => this.#showExpired(event));
    this.#stopCountdown = () => left?.stop();
    const order = orderOf(wish, hold);
    this.#onSubmit = () => void this.#buy(event, order);
    fill(this.#submit, text.buy);
    fill(this.#answer);
    const back = () => {
      this.abandon();
      this.#showForm(event);
      this.#quantity.input.focus();
    };
    const summary = orderReview(wish, hold, left?.element);
    this.#draw(
      event,
      summary,
      this.#answer,
      h(
        'p',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet', click: once(back) }, text.back),
        this.#submit,
      ),
    );
    this.#setWaiting(undefined);
    // Nothing happens there on Enter: one that was pressed twice must not buy.
    summary.focus();
  }

  #showExpired(event: TicketEvent): void {
    this.#hold = undefined;
    if (this.#waiting.has(event.id)) return; // the office decides whether it was in time
    this.#showForm(event);
    this.#say('expired', text.expired);
    this.#answer.focus();
  }

  async #buy(event: TicketEvent, order: StoredOrder): Promise<void> {
    this.#waiting.add(event.id);
    const hold = this.#hold;
    this.#hold = undefined; // no closing of the dialog releases what is being bought
    this.#setWaiting(text.buying);
    const result = await sendOrder(order);
    this.#waiting.delete(event.id);
    // Meanwhile the dialog may have been closed, or opened for another event.
    if (!this.element.open || this.#event?.id !== event.id) return;
    this.#stopCountdown();
    await this.#showResult(result, event, order, hold);
  }

  async #showResult(
    result: OrderResult,
    event: TicketEvent,
    order: StoredOrder,
    hold: NewHold | undefined,
  ): Promise<void> {
    this.#setWaiting(undefined);
    if (result.kind === 'sold') {
      const { orderId, serials } = result.order;
      const buyMore = () => {
        this.#quantity.value = 1;
        this.#showForm(event);
        this.#quantity.input.focus();
      };
      const more = h(
        'button',
        { type: 'button', class: 'quiet', click: once(buyMore) },
        text.buyMore,
      );
      this.#say('sold', describeSale(serials));
      this.#draw(
        order,
        this.#answer,
        h('p', { class: 'buttons' }, more, this.#closeButton(text.done)),
      );
      this.#answer.focus();
      const sold = { ...order, orderId, serials };
      if ('tickets' in result.order) this.#showReceipt(sold, result.order, more);
      else await this.#loadReceipt(sold, this.#opening, more);
      return;
    }
    if (result.kind === 'unknown') {
      const isRepeatable = canAskAgain(order);
      this.#showForm(event);
      this.#say(
        'unknown',
        text.unknown,
        isRepeatable ? text.unknownWithKey : text.unknownWithoutKey,
      );
      if (isRepeatable) {
        // It may have been sold, so only the same order is sent again.
        this.#lock(true);
        this.#onSubmit = () => void this.#buy(event, order);
        fill(this.#submit, askAgain);
      }
    } else if (result.kind === 'busy' && hold !== undefined) {
      this.#hold = hold;
      this.#showReviewAgain(event, order);
    } else {
      this.#showForm(event);
      this.#say(result.kind, describeRefusal(result, order.quantity));
      if (result.kind === 'busy') fill(this.#submit, text.retry);
    }
    this.#answer.focus();
  }

  /** The tickets are still held: the buyer tries again. */
  #showReviewAgain(event: TicketEvent, { customer, quantity }: StoredOrder): void {
    this.#showReview({ event, customer, quantity });
    this.#say('busy', text.busy);
    fill(this.#submit, text.retry);
  }

  async #loadReceipt(order: StoredOrder, opening: number, more?: HTMLElement): Promise<void> {
    const path = `/orders/${encodeURIComponent(order.orderId ?? '')}`;
    try {
      const details = await fetchJson<OrderDetails>(path);
      if (opening !== this.#opening) return;
      if (more === undefined) fill(this.#answer);
      this.#showReceipt(order, details, more);
    } catch (error) {
      if (opening !== this.#opening) return;
      if (more === undefined) this.#say('refused', `${(error as Error).message}.`);
      else this.#answer.append(h('p', {}, text.detailsLater));
    }
  }

  #showReceipt(order: StoredOrder, details: OrderDetails, more?: HTMLElement): void {
    const onCancelled = () => {
      fill(this.#answer);
      this.element.querySelector('h2')?.focus();
    };
    const button = this.#closeButton(more === undefined ? text.close : text.done);
    this.#draw(
      order,
      this.#answer,
      receipt(details, order.eventName, onCancelled),
      h('p', { class: 'buttons' }, more, button),
    );
    if (more === undefined) this.element.querySelector('h2')?.focus();
    else this.#answer.focus();
  }

  #draw(about: TicketEvent | StoredOrder, ...content: readonly Child[]): void {
    const form = h(
      'form',
      { submit: (event) => this.#submitted(event), novalidate: true },
      ...content,
    );
    fill(this.element, ...purchaseHeading(about), form);
  }

  #submitted(event: Event): void {
    event.preventDefault();
    const isBusy = this.#submit.disabled || (this.#event && this.#waiting.has(this.#event.id));
    const form = event.currentTarget as HTMLFormElement;
    // Not by the browser alone: for it, a name of spaces is a name.
    if (!isBusy && (this.#customer.value.trim() === '' || form.reportValidity())) this.#onSubmit();
  }

  #closeButton(label: string, kind?: 'quiet'): HTMLElement {
    return h('button', { type: 'button', class: kind, click: once(() => this.close()) }, label);
  }

  #say(kind: string, ...lines: readonly string[]): void {
    fill(this.#answer, ...lines.map((line) => h('p', {}, line)));
    this.#answer.dataset.kind = kind;
  }

  /** @param why what the buyer waits for; `undefined`: nothing any more */
  #setWaiting(why: string | undefined): void {
    const isWaiting = why !== undefined;
    this.#submit.disabled = isWaiting;
    this.#lock(isWaiting);
    if (!isWaiting) return;
    fill(this.#answer, h('p', {}, why));
    delete this.#answer.dataset.kind;
  }

  #lock(isLocked: boolean): void {
    this.#customer.readOnly = isLocked;
    this.#quantity.lock(isLocked);
  }
}
