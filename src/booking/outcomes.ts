/** What an order shows in place of a customer's name that was erased. */
export const ERASED = '(erased)';

/** One request to buy: all of `quantity`, or nothing. */
export interface Buy {
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
  /** The idempotency key. The same key with the same buy returns the same sale. */
  readonly key?: string;
}

/** What `decide` makes of a buy. `version` is that of the state the outcome was decided on. */
export type Outcome = Sold | SoldOut | UnknownEvent;

export interface Sold extends Buy {
  readonly kind: 'sold';
  /** The numbers of the tickets, counted from 1 in each event. */
  readonly serials: readonly number[];
  /** Tickets that remain after this buy. */
  readonly remaining: number;
  readonly version: number;
}

/** Fewer tickets remain than were requested: none of them is sold. */
export interface SoldOut {
  readonly kind: 'soldOut';
  readonly eventId: string;
  readonly requested: number;
  readonly remaining: number;
  readonly version: number;
}

export interface UnknownEvent {
  readonly kind: 'unknownEvent';
  readonly eventId: string;
  readonly version: number;
}

/** The key belongs to a sale of something else. */
export interface KeyReused {
  readonly kind: 'keyReused';
  readonly eventId: string;
  readonly version: number;
}

/** The key belongs to a sale of the same: its buyer gets the first answer again. */
export interface Replayed<Sale> {
  readonly kind: 'replayed';
  readonly sale: Sale;
}

/** A sale as its buyer was answered. */
export interface Order extends Sold {
  readonly orderId: string;
}

/** What a buyer is answered. */
export type BuyResult = Order | SoldOut | UnknownEvent | KeyReused;
