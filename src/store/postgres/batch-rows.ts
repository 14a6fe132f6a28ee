import { createHash, randomBytes } from 'node:crypto';
import { serialsFrom } from '../../booking/inventory.js';
import type { Order, Sold } from '../../booking/outcomes.js';
import type { BatchDecision, DatabaseOutcome, EventCommit } from './decide-batch.js';
import type { OrderRow } from './sql/find-orders.js';

/** A row of `orders`, as it is written. */
export interface NewOrder {
  readonly event: number;
  readonly first: number;
  readonly quantity: number;
  readonly remaining: number;
  readonly version: number;
  readonly token: string;
  /** As JSON. */
  readonly customer: string;
  /** None is left out. */
  readonly keyHash?: string;
}

/** A row of `commits`, and what the inventory of its event becomes. */
export interface NewCommit {
  readonly event: number;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  /** The first and the last serial that it sold. */
  readonly first: number;
  readonly last: number;
  readonly remaining: number;
}

/** All that a batch writes. */
export interface BatchWrites {
  readonly commits: readonly NewCommit[];
  readonly orders: readonly NewOrder[];
  /** What the buyers are told, once it is written. */
  readonly orderOf: ReadonlyMap<DatabaseOutcome, Order>;
}

/** Names the sales of a batch, and chains each event's commit to the one before. */
export function buildWrites({ commits }: BatchDecision): BatchWrites {
  const orderOf = new Map<DatabaseOutcome, Order>();
  const orders: NewOrder[] = [];
  const chained = commits.map((commit): NewCommit => {
    const { before, remaining, sold } = commit;
    const tokens = newTokens(sold.length);
    const named = sold.map((sale, index) => newOrder(before.number, sale, tokens[index] as string));
    for (const [index, order] of named.entries()) {
      const { key: _, ...sale } = sold[index] as Sold;
      orderOf.set(sold[index] as Sold, { ...sale, orderId: orderIdOf(order) });
      orders.push(order);
    }
    const { number: event, head: prev } = before;
    const first = sold.at(0)?.serials.at(0) ?? 0;
    const last = sold.at(-1)?.serials.at(-1) ?? 0;
    return {
      event,
      seq: before.seq + 1,
      prev,
      hash: hashOf(commit, named),
      first,
      last,
      remaining,
    };
  });
  return { commits: chained, orders, orderOf };
}

function newOrder(
  event: number,
  { customer, quantity, serials, remaining, version, key }: Sold,
  token: string,
): NewOrder {
  const [first = 0] = serials;
  const order = {
    event,
    first,
    quantity,
    remaining,
    version,
    token,
    customer: JSON.stringify(customer),
  };
  return key === undefined ? order : { ...order, keyHash: hashOfKey(key) };
}

/** The hash of a commit: 128 bits of SHA-256 over the commit before it and all that it sold. */
const hashOf = ({ before }: EventCommit, sold: readonly NewOrder[]): string =>
  short(JSON.stringify([before.head, before.number, before.seq + 1, sold]));

/** Keys are compared, never shown: a hash is as good, and has no character that a text cannot hold. */
export const hashOfKey = (key: string): string => short(key);

const short = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** 96 bits of chance each, which nobody guesses. (Asked for together: asking takes longest.) */
function newTokens(count: number): string[] {
  const chance = randomBytes(12 * count);
  return Array.from({ length: count }, (_, index) =>
    chance.toString('base64url', 12 * index, 12 * index + 12),
  );
}

/** Where an order stands, and the token that only its buyer knows. */
const orderIdOf = ({ event, first, token }: Pick<NewOrder, 'event' | 'first' | 'token'>): string =>
  `${event.toString(36)}-${first.toString(36)}-${token}`;

/** What an order id says, or `undefined` for one that is not ours. */
export function readOrderId(
  orderId: string,
): Pick<NewOrder, 'event' | 'first' | 'token'> | undefined {
  const [, event, first, token] =
    /^([0-9a-z]{1,6})-([0-9a-z]{1,6})-([\w-]{16})$/.exec(orderId) ?? [];
  if (event === undefined || first === undefined || token === undefined) return undefined;
  const place = { event: Number.parseInt(event, 36), first: Number.parseInt(first, 36), token };
  return place.event <= INTEGER_MAX && place.first <= INTEGER_MAX ? place : undefined;
}

/** PostgreSQL's integers. */
const INTEGER_MAX = 2 ** 31 - 1;

/** An order as its buyer was told. */
export function orderOfRow(row: OrderRow): Order {
  return {
    kind: 'sold',
    orderId: orderIdOf(row),
    eventId: row.event_id,
    customer: row.customer,
    quantity: row.quantity,
    serials: serialsFrom(row.first, row.quantity),
    remaining: row.remaining,
    version: row.version,
  };
}
