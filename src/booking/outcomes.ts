import type { Command } from './commands.js';
import type { Price, TicketEvent } from './inventory.js';

/** What an order shows in place of a customer's name that was erased. */
export const ERASED = '(erased)';

/** What `decide` makes of a command. */
export type Outcome =
  | Sold
  | Held
  | Released
  | Cancelled
  | Admitted
  | Saved
  | Removed
  | Expired
  | Refused;

/** What every outcome says besides: the version of the state that it was decided on. */
interface Versioned {
  readonly version: number;
}

/** Tickets of one event for one customer. */
interface Tickets extends Versioned {
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
  /** What they cost together when they were sold or held; orders of an older version have none. */
  readonly total?: Price;
  /** Tickets that remain after this. */
  readonly remaining: number;
  readonly key?: string;
}

export interface Sold extends Tickets {
  readonly kind: 'sold';
  /** The numbers of the tickets, counted from 1 in each event and never used again. */
  readonly serials: readonly number[];
  /** The hold that was confirmed. */
  readonly holdId?: string;
}

export interface Held extends Tickets {
  readonly kind: 'held';
  readonly holdId: string;
  /** The moment from which it no longer counts, in ISO 8601 and UTC. */
  readonly until: string;
}

export interface Released extends Versioned {
  readonly kind: 'released';
  readonly holdId: string;
  readonly eventId: string;
  readonly quantity: number;
  readonly remaining: number;
}

export interface Cancelled extends Versioned {
  readonly kind: 'cancelled';
  readonly orderId: string;
  readonly eventId: string;
  readonly serials: readonly number[];
  readonly remaining: number;
}

export interface Admitted extends Versioned {
  readonly kind: 'admitted';
  readonly eventId: string;
  readonly serial: number;
  readonly door: string;
  /** When, in ISO 8601 and UTC. */
  readonly at: string;
  readonly key?: string;
}

export interface Saved extends Versioned {
  readonly kind: 'saved';
  readonly eventId: string;
  /** The event as it is from now on. */
  readonly event: TicketEvent;
  /** Whether there was none before. */
  readonly created: boolean;
}

export interface Removed extends Versioned {
  readonly kind: 'removed';
  readonly eventId: string;
}

/** The holds whose time was over at this commit. */
export interface Expired extends Versioned {
  readonly kind: 'expired';
  readonly holdIds: readonly string[];
}

/** Nothing was changed, and why. */
export type Refused =
  | SoldOut
  | NotOnSale
  | UnknownEvent
  | TooManyHolds
  | UnknownHold
  | HoldExpired
  | AlreadyCancelled
  | AlreadyAdmitted
  | TicketCancelled
  | UnknownTicket
  | RevisionMismatch
  | CapacityTooSmall
  | EventInUse;

interface OfEvent extends Versioned {
  readonly eventId: string;
}

/** Fewer tickets remain than were requested: none of them is sold or held. */
export interface SoldOut extends OfEvent {
  readonly kind: 'soldOut';
  readonly requested: number;
  readonly remaining: number;
}

/** The sale of the event has not begun, or is over. */
export interface NotOnSale extends OfEvent {
  readonly kind: 'notOnSale';
  readonly salesFrom?: string;
  readonly salesUntil?: string;
}

export interface UnknownEvent extends OfEvent {
  readonly kind: 'unknownEvent';
}

/** As many holds as are allowed exist already. */
export interface TooManyHolds extends OfEvent {
  readonly kind: 'tooManyHolds';
}

/** There is no such hold: it never existed, or it ended. */
export interface UnknownHold extends Versioned {
  readonly kind: 'unknownHold';
  readonly holdId: string;
}

/** The time of the hold was over when the command was decided. */
export interface HoldExpired extends Versioned {
  readonly kind: 'holdExpired';
  readonly holdId: string;
  readonly until: string;
}

/** The order was cancelled before; its tickets are not put back on sale twice. */
export interface AlreadyCancelled extends OfEvent {
  readonly kind: 'alreadyCancelled';
}

/** A ticket lets somebody in once. */
export interface AlreadyAdmitted extends OfEvent {
  readonly kind: 'alreadyAdmitted';
  readonly serial: number;
}

export interface TicketCancelled extends OfEvent {
  readonly kind: 'ticketCancelled';
  readonly serial: number;
}

export interface UnknownTicket extends OfEvent {
  readonly kind: 'unknownTicket';
  readonly serial: number;
}

/** Somebody else has changed the event since the editor read it. */
export interface RevisionMismatch extends OfEvent {
  readonly kind: 'revisionMismatch';
  /** The revision it has; 0 if there is no such event. */
  readonly revision: number;
}

/** More tickets than that are sold or held. */
export interface CapacityTooSmall extends OfEvent {
  readonly kind: 'capacityTooSmall';
  /** How many are sold or held. */
  readonly taken: number;
}

/** Tickets of the event were sold or are held. */
export interface EventInUse extends OfEvent {
  readonly kind: 'eventInUse';
}

/** The key belongs to an earlier request for something else. */
export interface KeyReused extends Versioned {
  readonly kind: 'keyReused';
}

/** The key belongs to an earlier request for the same: it gets the first result again. */
export interface Replayed<Earlier> {
  readonly kind: 'replayed';
  readonly earlier: Earlier;
}

/** A sale as its buyer was answered. */
export interface Order extends Sold {
  readonly orderId: string;
}

/** What a client is answered: the outcome, and the id of the order if it was sold. */
export type Result = Exclude<Outcome, Sold> | Order | KeyReused;

type TicketRefusal = SoldOut | NotOnSale | UnknownEvent | KeyReused;

interface ResultsByCommand {
  readonly buy: Order | TicketRefusal;
  readonly hold: Held | TooManyHolds | TicketRefusal;
  readonly confirm: Order | UnknownHold | HoldExpired;
  readonly release: Released | UnknownHold | HoldExpired;
  readonly cancel: Cancelled | AlreadyCancelled | AlreadyAdmitted | UnknownTicket | UnknownEvent;
  readonly admit: Admitted | AlreadyAdmitted | TicketCancelled | UnknownTicket | KeyReused;
  readonly saveEvent: Saved | RevisionMismatch | CapacityTooSmall;
  readonly removeEvent: Removed | EventInUse | RevisionMismatch | UnknownEvent;
  readonly expireHolds: Expired;
}

/** The results that a command can have. */
export type ResultOf<Each extends Command> = ResultsByCommand[Each['kind']];
