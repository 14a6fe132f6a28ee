import { randomBytes } from 'node:crypto';
import type { Order } from '../../booking/outcomes.js';
import { serialsFrom } from '../../booking/serial-ranges.js';
import type { OrderRow } from './sql/reads.js';

/** What an order id consists of: the event's number, the first serial, and a secret token. */
export interface OrderKey {
  readonly event: number;
  readonly first: number;
  readonly token: string;
}

/** 96 random bits make a token unguessable. */
const TOKEN_BYTES = 12;

/** Tokens for several orders; one request for random bytes is faster than many. */
export function newTokens(count: number): string[] {
  const random = randomBytes(TOKEN_BYTES * count);
  return Array.from({ length: count }, (_, index) =>
    random.toString('base64url', TOKEN_BYTES * index, TOKEN_BYTES * (index + 1)),
  );
}

export const orderIdOf = ({ event, first, token }: OrderKey): string =>
  `${event.toString(36)}-${first.toString(36)}-${token}`;

/** PostgreSQL's largest integer. */
const INTEGER_MAX = 2 ** 31 - 1;

/** Parses an order id, or returns `undefined` for one that this store did not make. */
export function parseOrderId(orderId: string): OrderKey | undefined {
  const [, event, first, token] =
    /^([0-9a-z]{1,6})-([0-9a-z]{1,6})-([\w-]{16})$/.exec(orderId) ?? [];
  if (event === undefined || first === undefined || token === undefined) return undefined;
  const key = { event: Number.parseInt(event, 36), first: Number.parseInt(first, 36), token };
  return key.event <= INTEGER_MAX && key.first <= INTEGER_MAX ? key : undefined;
}

/** An order as its buyer was answered. */
export function toOrder(row: OrderRow): Order {
  const { amount, currency, hold_id: holdId } = row;
  return {
    kind: 'sold',
    orderId: orderIdOf(row),
    eventId: row.event_id,
    customer: row.customer,
    quantity: row.quantity,
    serials: serialsFrom(row.first, row.quantity),
    ...(amount !== null && currency !== null && { total: { amount, currency } }),
    remaining: row.remaining,
    version: row.version,
    ...(holdId !== null && { holdId }),
  };
}
