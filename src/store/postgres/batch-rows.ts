import { createHash } from 'node:crypto';
import type { Order, Sold } from '../../booking/outcomes.js';
import type { BatchDecision, DatabaseOutcome, EventCommit } from './decide-batch.js';
import { newTokens, type OrderKey, orderIdOf } from './order-ids.js';

/** A row of `orders`, as it is written. */
export interface NewOrder extends OrderKey {
  readonly quantity: number;
  readonly remaining: number;
  readonly version: number;
  /** As JSON. */
  readonly customer: string;
  /** Absent without a key. */
  readonly keyHash?: string;
}

/** A row of `commits`, and the new inventory of its event. */
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

/** Everything that a batch writes. */
export interface BatchWrites {
  readonly commits: readonly NewCommit[];
  readonly orders: readonly NewOrder[];
  /** The buyers' orders, valid once it is written. */
  readonly orderOf: ReadonlyMap<DatabaseOutcome, Order>;
}

/** Gives each sale of a batch an order id, and chains each event's commit to the previous one. */
export function buildWrites({ commits }: BatchDecision): BatchWrites {
  const orderOf = new Map<DatabaseOutcome, Order>();
  const orders: NewOrder[] = [];
  const chained = commits.map((commit): NewCommit => {
    const { before, remaining, sold } = commit;
    const tokens = newTokens(sold.length);
    const rows = sold.map((sale, index) => toRow(before.number, sale, tokens[index] as string));
    for (const [index, row] of rows.entries()) {
      const { key: _key, ...sale } = sold[index] as Sold;
      orderOf.set(sold[index] as Sold, { ...sale, orderId: orderIdOf(row) });
      orders.push(row);
    }
    return {
      event: before.number,
      seq: before.seq + 1,
      prev: before.head,
      hash: hashOf(commit, rows),
      first: sold.at(0)?.serials.at(0) ?? 0,
      last: sold.at(-1)?.serials.at(-1) ?? 0,
      remaining,
    };
  });
  return { commits: chained, orders, orderOf };
}

function toRow(
  event: number,
  { customer, quantity, serials, remaining, version, key }: Sold,
  token: string,
): NewOrder {
  const [first = 0] = serials;
  const row = {
    event,
    first,
    quantity,
    remaining,
    version,
    token,
    customer: JSON.stringify(customer),
  };
  return key === undefined ? row : { ...row, keyHash: hashOfKey(key) };
}

/**
 * The hash of a commit: 128 bits of SHA-256 over the previous commit and everything it sold. Names of
 * customers are left out, so that they can be erased.
 */
const hashOf = ({ before }: EventCommit, sold: readonly NewOrder[]): string =>
  shortHash(JSON.stringify([before.head, before.number, before.seq + 1, sold], hashed));

/** The members of an order that are hashed, and of what it contains. */
const hashed = ['event', 'first', 'quantity', 'remaining', 'version', 'token', 'keyHash'];

/** Keys are only compared, and a hash contains no character that PostgreSQL's text cannot hold. */
export const hashOfKey = (key: string): string => shortHash(key);

const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);
