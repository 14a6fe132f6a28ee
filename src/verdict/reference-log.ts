import type { KeyedRequest } from '../booking/idempotency.js';
import type { EventDetails, TicketEvent } from '../booking/inventory.js';

/** What a sale or a hold costs: `[4200,"EUR"]`. */
export type Total = readonly [amount: number, currency: string];

/** One sale of a commit. Its serials are `first`, `first + 1`, …; `left` tickets remain after it. */
export interface SoldOp {
  readonly op?: undefined;
  readonly event: string;
  readonly customer: string;
  readonly quantity: number;
  readonly first: number;
  readonly left: number;
  /** Sales of an older version have none. */
  readonly total?: Total;
  /** The hold that was confirmed. */
  readonly hold?: string;
  readonly key?: string;
}

export interface HeldOp {
  readonly op: 'hold';
  readonly hold: string;
  readonly event: string;
  readonly customer: string;
  readonly quantity: number;
  /** Tickets that remain after it. */
  readonly left: number;
  readonly total: Total;
  readonly until: string;
  readonly key?: string;
}

export interface ReleasedOp {
  readonly op: 'release';
  readonly hold: string;
  readonly event: string;
  readonly quantity: number;
  readonly left: number;
}

/** The holds whose time was over at this commit, all of them; always the first operation. */
export interface ExpiredOp {
  readonly op: 'expire';
  readonly holds: readonly string[];
}

export interface CancelledOp {
  readonly op: 'cancel';
  readonly event: string;
  readonly first: number;
  readonly quantity: number;
  readonly left: number;
}

export interface AdmittedOp {
  readonly op: 'admit';
  readonly event: string;
  readonly serial: number;
  readonly door: string;
  readonly key?: string;
}

export interface SavedOp {
  readonly op: 'save';
  readonly event: string;
  /** The revision that it made. */
  readonly revision: number;
  readonly details: EventDetails;
}

export interface RemovedOp {
  readonly op: 'remove';
  readonly event: string;
}

/** Something that a commit did because a client asked for it. */
export type RequestedOp =
  | SoldOp
  | HeldOp
  | ReleasedOp
  | CancelledOp
  | AdmittedOp
  | SavedOp
  | RemovedOp;

export type ReferenceOp = RequestedOp | ExpiredOp;

/** What one batch did, in order. */
export interface ReferenceCommit {
  readonly version: number;
  /** The time that it was decided by, in ISO 8601 and UTC. */
  readonly at: string;
  readonly ops: readonly ReferenceOp[];
}

/** What actually happened, in order: every commit of a ledger, from the first. */
export interface ReferenceLog {
  /** The events before the first commit. */
  readonly events: ReadonlyMap<string, TicketEvent>;
  readonly commits: readonly ReferenceCommit[];
  /** For how many of the most recent operations the key is remembered; an older key may sell again. */
  readonly keysRemembered: number;
}

/** What can have an idempotency key. */
export type KeyedOp = SoldOp | HeldOp | AdmittedOp;

/** What was asked for with a key. */
export function keyedRequestOf(op: KeyedOp): KeyedRequest {
  if (op.op === 'admit') return { kind: 'admit', eventId: op.event, serial: op.serial };
  const { event: eventId, customer, quantity } = op;
  return { kind: op.op === 'hold' ? 'hold' : 'buy', eventId, customer, quantity };
}
