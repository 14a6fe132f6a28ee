import { createHash } from 'node:crypto';
import { detailsOf, type EventDetails, type Hold } from '../booking/inventory.js';
import type { Order } from '../booking/outcomes.js';

/** What a webhook receives, by the names of the contract. */
export const messageTypes = [
  'order.created',
  'order.cancelled',
  'hold.expired',
  'ticket.admitted',
  'event.saved',
] as const;

export type MessageType = (typeof messageTypes)[number];

/**
 * The place of a message among those of its event: its commit (the offset of the line or, with
 * PostgreSQL, the version of the event), and its number in that commit.
 */
export type Position = readonly [commit: number, index: number];

/** What a message says, without its place in the log. */
export interface MessageContent {
  readonly type: MessageType;
  readonly eventId: string;
  /** The time of the commit, in ISO 8601 and UTC. */
  readonly at: string;
  readonly data: object;
}

/** A message that was committed, and is delivered at least once. */
export interface OutboxMessage extends MessageContent {
  /** The same at every delivery: it is made from the commit. */
  readonly id: string;
  readonly position: Position;
}

/** Whether a position of the log comes after another one; every position comes after none. */
export const isAfter = (position: Position, other: Position | undefined): boolean =>
  other === undefined ||
  position[0] > other[0] ||
  (position[0] === other[0] && position[1] > other[1]);

/**
 * The id of a message, from what names it in the log and never changes. A hash: the id of an order lets
 * anybody cancel it, and ids of messages stand in logs.
 */
export const messageId = (...names: readonly (string | number)[]): string =>
  `msg_${createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 27)}`;

/** The body of a request, as Standard Webhooks has it. */
export const bodyOf = ({ type, at, data }: MessageContent): string =>
  JSON.stringify({ type, timestamp: at, data });

/** The order as its buyer was answered. */
export function orderData(order: Order): object {
  const { orderId, eventId, customer, quantity, serials, total, remaining, version } = order;
  return { orderId, eventId, customer, quantity, serials, total, remaining, version };
}

/** Without the name: a parked message keeps these data, and a name must stay erasable. */
export function holdData(holdId: string, hold: Omit<Hold, 'customer'> | undefined): object {
  if (hold === undefined) return { holdId };
  const { eventId, quantity, total, until } = hold;
  return { holdId, eventId, quantity, total, expiresAt: until };
}

export interface Admission {
  readonly eventId: string;
  readonly serial: number;
  readonly at: string;
  readonly door: string;
}

/** The data of `ticket.admitted`. */
export const admissionData = ({ eventId, serial, at, door }: Admission): object => ({
  eventId,
  serial,
  admittedAt: at,
  door,
});

/** The data of `event.saved`: the event as it is from this revision on. */
export const eventData = (eventId: string, revision: number, details: EventDetails): object => ({
  eventId,
  ...detailsOf(details),
  revision,
});
