import { detailsOf, type Price } from '../../booking/inventory.js';
import type { Admitted, Held, Order, Outcome, Sold } from '../../booking/outcomes.js';
import { serialsFrom } from '../../booking/serial-ranges.js';
import type {
  AdmittedOp,
  HeldOp,
  ReferenceOp,
  SoldOp,
  Total,
} from '../../verdict/reference-log.js';

export type {
  AdmittedOp,
  CancelledOp,
  ExpiredOp,
  HeldOp,
  ReleasedOp,
  RemovedOp,
  SavedOp,
  SoldOp,
  Total,
} from '../../verdict/reference-log.js';

/** Something that a commit did. A sale names no operation: most lines contain nothing else. */
export type Op = ReferenceOp;

export const isSale = (op: Op): op is SoldOp => op.op === undefined;

/** Whether an operation names a customer. */
export const hasName = (op: Op): op is SoldOp | HeldOp => isSale(op) || op.op === 'hold';

const written = ['sold', 'held', 'released', 'cancelled', 'admitted', 'saved', 'removed'] as const;

/** The outcomes that a line records. What expired is recorded once, whether a command asked or not. */
export type Written = Extract<Outcome, { readonly kind: (typeof written)[number] }>;

const writtenKinds: ReadonlySet<string> = new Set(written);

export const isWritten = (outcome: { readonly kind: string }): outcome is Written =>
  writtenKinds.has(outcome.kind);

/**
 * What a commit does.
 *
 * @param due the holds that end by time at this commit, before anything else happens
 */
export function toOps(
  outcomes: readonly { readonly kind: string }[],
  due: readonly string[],
): Op[] {
  const ops: Op[] = due.length > 0 ? [{ op: 'expire', holds: due }] : [];
  for (const outcome of outcomes) if (isWritten(outcome)) ops.push(toOp(outcome));
  return ops;
}

function toOp(outcome: Written): Op {
  switch (outcome.kind) {
    case 'sold':
      return toSale(outcome);
    case 'held': {
      const { holdId: hold, eventId: event, customer, quantity, remaining: left, until } = outcome;
      const op = { op: 'hold', hold, event, customer, quantity, left } as const;
      const total = toTotal(outcome.total ?? { amount: 0, currency: '' });
      return { ...op, total, until, ...keyIn(outcome) };
    }
    case 'released': {
      const { holdId: hold, eventId: event, quantity, remaining: left } = outcome;
      return { op: 'release', hold, event, quantity, left };
    }
    case 'cancelled': {
      const { eventId: event, serials, remaining: left } = outcome;
      return { op: 'cancel', event, first: serials[0] ?? 0, quantity: serials.length, left };
    }
    case 'admitted': {
      const { eventId: event, serial, door } = outcome;
      return { op: 'admit', event, serial, door, ...keyIn(outcome) };
    }
    case 'saved': {
      const { eventId: event, event: saved } = outcome;
      return { op: 'save', event, revision: saved.revision, details: detailsOf(saved) };
    }
    case 'removed':
      return { op: 'remove', event: outcome.eventId };
  }
}

function toSale(outcome: Sold): SoldOp {
  const { eventId: event, customer, quantity, serials, remaining: left, total, holdId } = outcome;
  return {
    event,
    customer,
    quantity,
    first: serials[0] ?? 0,
    left,
    ...(total !== undefined && { total: toTotal(total) }),
    ...(holdId !== undefined && { hold: holdId }),
    ...keyIn(outcome),
  };
}

const keyIn = ({ key }: { readonly key?: string }) => key !== undefined && { key };

const toTotal = ({ amount, currency }: Price): Total => [amount, currency];

/** The price that a total is. */
export const priceOf = ([amount, currency]: Total): Price => ({ amount, currency });

/** The commit of an operation. */
interface InCommit {
  readonly seq: number;
  readonly at: string;
}

/** The order of a sale: the same whether it was just sold or is looked up later. */
export function toOrder(op: SoldOp, { seq: version }: InCommit, orderId: string): Order {
  const { event: eventId, customer, quantity, first, left: remaining, total, hold } = op;
  return {
    kind: 'sold',
    orderId,
    eventId,
    customer,
    quantity,
    serials: serialsFrom(first, quantity),
    remaining,
    version,
    ...(total !== undefined && { total: priceOf(total) }),
    ...(hold !== undefined && { holdId: hold }),
  };
}

/** The result of a hold, as it was first answered. */
export function toHeld(op: HeldOp, { seq: version }: InCommit): Held {
  const { hold: holdId, event: eventId, customer, quantity, left: remaining, total, until } = op;
  return {
    kind: 'held',
    holdId,
    eventId,
    customer,
    quantity,
    total: priceOf(total),
    until,
    remaining,
    version,
  };
}

/** The result of an admission, as it was first answered. */
export function toAdmitted(op: AdmittedOp, { seq: version, at }: InCommit): Admitted {
  const { event: eventId, serial, door } = op;
  return { kind: 'admitted', eventId, serial, door, at, version };
}
