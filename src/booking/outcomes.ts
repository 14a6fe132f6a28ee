/** One request to buy: all of `quantity`, or nothing. */
export interface Buy {
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
  /** The buyer's own name for this buy: the same key and body is the same sale. */
  readonly key?: string;
}

/** What `decide` makes of a buy. `version` is the version of the state that the answer was made from. */
export type Outcome = Sold | SoldOut | UnknownEvent | KeyReused;

/** `serials` are the numbers of the tickets sold, counted up per event from 1. */
export interface Sold extends Buy {
  readonly kind: 'sold';
  readonly serials: readonly number[];
  /** Tickets left after this buy. */
  readonly remaining: number;
  readonly version: number;
}

/** Fewer tickets are left than were asked for: none of them is sold. */
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

/** The key belongs to a sale of the same: it is told again, as it was told first. */
export interface Replayed<Sale> {
  readonly kind: 'replayed';
  readonly sale: Sale;
}

/** What is remembered of a key. */
export interface Remembered<Sale> {
  readonly sale: Sale;
  /** Whether the sale was of what this buy asks for. */
  isOf(buy: Buy): boolean;
}

/** A sale as it was told to its buyer, found again under `orderId`. */
export interface Order extends Sold {
  readonly orderId: string;
}

/** What a buyer is told. */
export type BuyResult = Order | SoldOut | UnknownEvent | KeyReused;
