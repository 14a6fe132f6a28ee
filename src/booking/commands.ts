import type { EventDetails } from './inventory.js';
import type { Order } from './outcomes.js';

/** What a store is asked to do. Each is all or nothing, and independent of the others of its batch. */
export type Command =
  | Buy
  | HoldTickets
  | Confirm
  | Release
  | Cancel
  | Admit
  | SaveEvent
  | RemoveEvent
  | ExpireHolds;

/** Tickets of one event for one customer. */
interface TicketRequest {
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
  /** The idempotency key. The same key with the same request returns the first result. */
  readonly key?: string;
}

/** Sells tickets. */
export interface Buy extends TicketRequest {
  readonly kind: 'buy';
}

/** Takes tickets off sale for a while, so that the customer can pay. */
export interface HoldTickets extends TicketRequest {
  readonly kind: 'hold';
  /** Random: who knows it may confirm the hold. */
  readonly holdId: string;
  /** How long, from the commit. */
  readonly seconds: number;
}

/** Sells the tickets of a hold, before its time is over. */
export interface Confirm {
  readonly kind: 'confirm';
  readonly holdId: string;
}

/** Puts the tickets of a hold back on sale. */
export interface Release {
  readonly kind: 'release';
  readonly holdId: string;
}

/** Puts the tickets of an order back on sale. */
export interface Cancel {
  readonly kind: 'cancel';
  /** What was sold never changes, so it can be looked up before. */
  readonly order: Pick<Order, 'orderId' | 'eventId' | 'serials'>;
}

/** Lets the owner of a ticket in. */
export interface Admit {
  readonly kind: 'admit';
  readonly eventId: string;
  readonly serial: number;
  /** The name of the door. */
  readonly door: string;
  readonly key?: string;
}

/** Creates an event, or changes it. */
export interface SaveEvent {
  readonly kind: 'saveEvent';
  readonly eventId: string;
  readonly event: EventDetails;
  /** The revision that the editor has seen; without one, there must be no such event. */
  readonly revision?: number;
}

/** Removes an event of which no ticket was ever sold or held. */
export interface RemoveEvent {
  readonly kind: 'removeEvent';
  readonly eventId: string;
  /** The revision that the editor has seen; without one, whichever it has. */
  readonly revision?: number;
}

/** Commits the release of the holds whose time is over. */
export interface ExpireHolds {
  readonly kind: 'expireHolds';
}
