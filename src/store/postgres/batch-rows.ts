import type { Order, Sold } from '../../booking/outcomes.js';
import type { BatchDecision, DatabaseOutcome, Done, EventCommit } from './decide-batch.js';
import { hashOfKey, shortHash } from './key-hash.js';
import { newTokens, type OrderKey, orderIdOf, parseOrderId } from './order-ids.js';

/** A row of `orders`, as it is written. */
export interface NewOrder extends OrderKey {
  readonly quantity: number;
  readonly remaining: number;
  readonly version: number;
  /** As JSON. */
  readonly customer: string;
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
  /** Absent if it was not a hold before. */
  readonly holdId?: string;
  /** Absent without a key. */
  readonly keyHash?: string;
}

/** A row of `holds`. */
interface NewHold {
  readonly id: string;
  readonly event: number;
  readonly quantity: number;
  readonly amount: number | undefined;
  readonly currency: string | undefined;
  /** As JSON. */
  readonly customer: string;
  readonly until: string;
  readonly remaining: number;
  readonly version: number;
  readonly keyHash?: string;
  /** How it ended in the same commit. */
  readonly ended?: string;
  readonly first?: number | undefined;
}

/** A row of `hold_ends`, and what it makes of the hold. */
interface NewHoldEnd {
  readonly hold: string;
  readonly event: number;
  readonly version: number;
  readonly ended: 'confirmed' | 'released' | 'expired';
  readonly at: string;
  /** The first serial of the order that a confirmed hold became. */
  readonly first?: number | undefined;
}

/** A row of `cancellations`. */
interface NewCancellation extends OrderKey {
  readonly last: number;
  readonly version: number;
  readonly at: string;
}

/** A row of `admissions`. */
interface NewAdmission {
  readonly event: number;
  readonly serial: number;
  /** As JSON. */
  readonly door: string;
  readonly version: number;
  readonly at: string;
  readonly keyHash?: string;
}

/** A row of `edits`, and what it makes of the event. */
interface NewEdit {
  readonly event: number;
  readonly version: number;
  /** As JSON; absent if the event was removed. */
  readonly details?: string;
}

/** Everything that a commit does besides sales. */
export interface LifeRows {
  readonly holds: NewHold[];
  readonly ends: NewHoldEnd[];
  readonly cancellations: NewCancellation[];
  readonly admissions: NewAdmission[];
  readonly edits: NewEdit[];
}

/** A row of `commits`, and the new inventory of its event. */
export interface NewCommit {
  readonly event: number;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly at: string;
  /** The first and the last serial that it sold. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  readonly remaining: number;
  readonly issued: number;
  readonly holds: number;
  readonly nextExpiry?: string | undefined;
  readonly cancelled: number;
  readonly admitted: number;
  /** The commit that wrote the details of the event last. */
  readonly edited: number;
}

/** Everything that a batch writes. */
export interface BatchWrites {
  readonly commits: readonly NewCommit[];
  readonly orders: readonly NewOrder[];
  /** Missing if the batch only sold. */
  readonly life?: LifeRows;
  /** The buyers' orders, valid once it is written. */
  readonly orderOf: ReadonlyMap<DatabaseOutcome, Order>;
}

/** Gives each sale of a batch an order id, and chains each event's commit to the previous one. */
export function buildWrites({ commits }: BatchDecision): BatchWrites {
  const orderOf = new Map<DatabaseOutcome, Order>();
  const orders: NewOrder[] = [];
  const life = noLife();
  const chained = commits.map((commit): NewCommit => {
    const { before, after, at, nextExpiry } = commit;
    const event = before.number;
    const sold = commit.done.filter((each): each is Sold => each.kind === 'sold');
    const tokens = newTokens(sold.length);
    const rows = sold.map((sale, index) => toOrderRow(event, sale, tokens[index] as string));
    for (const [index, row] of rows.entries()) {
      const { key: _key, ...sale } = sold[index] as Sold;
      orderOf.set(sold[index] as Sold, { ...sale, orderId: orderIdOf(row) });
      orders.push(row);
    }
    const others = lifeRowsOf(commit);
    if (others !== undefined) append(life, others);
    const counts = others ?? noLife();
    return {
      event,
      seq: before.seq + 1,
      prev: before.head,
      hash: hashOf(commit, rows, others),
      at,
      first: sold.at(0)?.serials.at(0),
      last: sold.at(-1)?.serials.at(-1),
      remaining: after?.remaining ?? 0,
      issued: after?.issued ?? before.issued,
      holds: before.holds + counts.holds.length - counts.ends.length,
      nextExpiry,
      cancelled: before.cancelled + ticketsOf(counts.cancellations),
      admitted: before.admitted + counts.admissions.length,
      edited: counts.edits.length > 0 ? before.seq + 1 : before.edited,
    };
  });
  const onlySold = Object.values(life).every((rows) => rows.length === 0);
  return { commits: chained, orders, ...(!onlySold && { life }), orderOf };
}

const noLife = (): LifeRows => ({
  holds: [],
  ends: [],
  cancellations: [],
  admissions: [],
  edits: [],
});

/** What a commit did besides its sales, or `undefined`. */
function lifeRowsOf(commit: EventCommit): LifeRows | undefined {
  const { before, at, done, expired } = commit;
  const onlySold = (each: Done): boolean => each.kind === 'sold' && each.holdId === undefined;
  if (expired.length === 0 && done.every(onlySold)) return undefined;
  const [event, version] = [before.number, before.seq + 1];
  const rows = noLife();
  const end = (hold: string, ended: NewHoldEnd['ended'], first?: number) =>
    rows.ends.push({ hold, event, version, ended, at, first });
  for (const hold of expired) end(hold, 'expired');
  for (const each of done) {
    switch (each.kind) {
      case 'sold':
        if (each.holdId !== undefined) end(each.holdId, 'confirmed', each.serials[0]);
        break;
      case 'released':
        end(each.holdId, 'released');
        break;
      case 'held': {
        const { holdId: id, quantity, total, until, remaining } = each;
        const customer = JSON.stringify(each.customer);
        const { amount, currency } = total ?? {};
        const hold = { id, event, quantity, amount, currency, customer, until, remaining, version };
        rows.holds.push({ ...hold, ...keyHashOf(each) });
        break;
      }
      case 'cancelled': {
        const { serials, orderId } = each;
        const [first = 0] = serials;
        const token = parseOrderId(orderId)?.token ?? '';
        rows.cancellations.push({
          event,
          first,
          last: serials.at(-1) ?? first,
          token,
          version,
          at,
        });
        break;
      }
      case 'admitted': {
        const door = JSON.stringify(each.door);
        rows.admissions.push({ event, serial: each.serial, door, version, at, ...keyHashOf(each) });
        break;
      }
      case 'saved':
        rows.edits.push({ event, version, details: JSON.stringify(detailsOf(each)) });
        break;
      case 'removed':
        rows.edits.push({ event, version });
    }
  }
  return { ...rows, holds: withEnds(rows) };
}

/** One statement cannot write a row that it inserts: a hold that ends in its own commit is inserted so. */
function withEnds({ holds, ends }: LifeRows): NewHold[] {
  if (holds.length === 0 || ends.length === 0) return holds;
  const endOf = new Map(ends.map((end) => [end.hold, end]));
  return holds.map((hold) => {
    const { ended, first } = endOf.get(hold.id) ?? {};
    return ended === undefined ? hold : { ...hold, ended, first };
  });
}

function append(life: LifeRows, { holds, ends, cancellations, admissions, edits }: LifeRows): void {
  life.holds.push(...holds);
  life.ends.push(...ends);
  life.cancellations.push(...cancellations);
  life.admissions.push(...admissions);
  life.edits.push(...edits);
}

/** Of an event, what its organiser decides. */
function detailsOf({ event }: Extract<Done, { kind: 'saved' }>) {
  const { remaining: _r, issued: _i, cancelled: _c, admitted: _a, ...details } = event;
  return details;
}

const ticketsOf = (cancellations: readonly NewCancellation[]): number =>
  cancellations.reduce((sum, { first, last }) => sum + last - first + 1, 0);

const keyHashOf = ({ key }: { readonly key?: string }) =>
  key === undefined ? {} : { keyHash: hashOfKey(key) };

function toOrderRow(
  event: number,
  { customer, quantity, serials, total, remaining, version, holdId, key }: Sold,
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
    amount: total?.amount,
    currency: total?.currency,
  };
  if (key !== undefined) return { ...row, keyHash: hashOfKey(key) };
  return holdId === undefined ? row : { ...row, holdId };
}

/**
 * The hash of a commit: 128 bits of SHA-256 over the previous commit and everything it did. Names of
 * customers are left out, so that they can be erased.
 */
const hashOf = (
  { before, at }: EventCommit,
  sold: readonly NewOrder[],
  others: LifeRows | undefined,
): string => {
  const orders = sold.map((order) => {
    const { first, quantity, remaining, token, amount, currency, holdId, keyHash } = order;
    return [first, quantity, remaining, token, amount, currency, holdId, keyHash];
  });
  const commit = JSON.stringify([before.head, before.number, before.seq + 1, at, orders]);
  return shortHash(others === undefined ? commit : commit + JSON.stringify(others, hashed));
};

/** The members of everything else that are hashed. */
const hashed = [
  ...['holds', 'ends', 'cancellations', 'admissions', 'edits'],
  ...['event', 'version', 'at', 'first', 'last', 'quantity', 'remaining', 'token', 'keyHash'],
  ...['amount', 'currency', 'id', 'until', 'hold', 'ended', 'serial', 'door', 'details'],
];
