import type { EventDetails, Price } from '../booking/inventory.js';
import { eventName, holdName, ticketName } from './change-names.js';
import type { LoggedChange } from './commit-log.js';
import type {
  RecordedAdmission,
  RecordedHold,
  RecordedOrder,
  RecordedRequest,
  RecordedSave,
} from './recorded-request.js';
import type { AdmittedOp, HeldOp, RequestedOp, SavedOp, SoldOp, Total } from './reference-log.js';

/** The change that an answer names, and how to compare the two. */
export interface NamedChange {
  readonly name: string;
  /** Whether a change with this name begins with what it names. */
  readonly begins: (op: RequestedOp) => boolean;
  readonly version?: number;
  /** What the client was answered, in words. */
  readonly answered: string;
  readonly differs: (logged: LoggedChange) => string | undefined;
}

const always = () => true;
const never = () => undefined;

/** The change that a successful answer names; `undefined` if it names none. */
export function changeNamedBy(request: RecordedRequest): NamedChange | undefined {
  const { question, answer } = request;
  switch (question.kind) {
    case 'buy':
      return namedOrder(request as RecordedOrder);
    case 'confirm':
      return answer?.status === 201 ? namedOrder(request as RecordedOrder) : undefined;
    case 'hold': {
      const { holdId, version } = (request as RecordedHold).answer;
      return {
        name: holdName('hold', holdId),
        begins: always,
        version,
        answered: `was given hold ${holdId}`,
        differs: (logged) => differsFromHold(request as RecordedHold, logged),
      };
    }
    case 'release': {
      const name = holdName('release', question.holdId);
      return { name, begins: always, answered: 'was released', differs: never };
    }
    case 'cancel': {
      const [first = 0] = question.serials;
      return {
        name: ticketName('cancel', question.eventId, first),
        begins: (op) => op.op === 'cancel' && op.first === first,
        answered: 'was cancelled',
        differs: ({ op }) => compareSerials(op as SoldOp, question.serials),
      };
    }
    case 'admit':
      return {
        name: ticketName('admit', question.eventId, question.serial),
        begins: always,
        answered: 'was let in',
        differs: (logged) => differsFromAdmission(request as RecordedAdmission, logged),
      };
    case 'saveEvent':
      return {
        name: eventName('save', question.eventId, (request as RecordedSave).answer.revision),
        begins: always,
        answered: `was saved as revision ${(request as RecordedSave).answer.revision}`,
        differs: (logged) => differsFromSave(request as RecordedSave, logged),
      };
    case 'removeEvent': {
      const name = eventName('remove', question.eventId);
      return { name, begins: always, answered: 'was removed', differs: never };
    }
    case 'search':
      return undefined;
  }
}

function namedOrder(request: RecordedOrder): NamedChange {
  const { eventId, serials, version } = request.answer;
  const [first = 0] = serials;
  return {
    name: ticketName('buy', eventId, first),
    begins: (op) => op.op === undefined && op.first === first,
    version,
    answered: `was sold ticket ${first} of ${eventId}`,
    differs: (logged) => differsFromOrder(request, logged),
  };
}

/** How an order differs from the sale of the ledger, or from what was asked for. */
export function differsFromOrder(
  { question, answer }: RecordedOrder,
  { op, version }: LoggedChange,
): string | undefined {
  const sale = op as SoldOp;
  const asked = question.kind === 'buy' ? question : sale;
  return (
    compare('eventId', 'eventId' in asked ? asked.eventId : asked.event, answer.eventId) ??
    compare('customer', asked.customer, answer.customer) ??
    compare('quantity', asked.quantity, answer.quantity) ??
    compare('customer', sale.customer, answer.customer) ??
    compare('quantity', sale.quantity, answer.quantity) ??
    (question.kind === 'buy'
      ? compare('key', sale.key, question.key)
      : compare('holdId', sale.hold, question.holdId)) ??
    compareSerials(sale, answer.serials) ??
    compare('remaining', sale.left, answer.remaining) ??
    compareTotals(sale.total, answer.total) ??
    compare('version', version, answer.version)
  );
}

function differsFromHold(
  { question, answer }: RecordedHold,
  { op, version }: LoggedChange,
): string | undefined {
  const held = op as HeldOp;
  return (
    compare('eventId', question.eventId, answer.eventId) ??
    compare('customer', question.customer, answer.customer) ??
    compare('quantity', question.quantity, answer.quantity) ??
    compare('eventId', held.event, answer.eventId) ??
    compare('customer', held.customer, answer.customer) ??
    compare('quantity', held.quantity, answer.quantity) ??
    compare('key', held.key, question.key) ??
    compare('expiresAt', held.until, answer.expiresAt) ??
    compare('remaining', held.left, answer.remaining) ??
    compareTotals(held.total, answer.total) ??
    compare('version', version, answer.version)
  );
}

function differsFromAdmission(
  { question, answer }: RecordedAdmission,
  { op, at }: LoggedChange,
): string | undefined {
  const admitted = op as AdmittedOp;
  return (
    compare('eventId', question.eventId, answer.eventId) ??
    compare('serial', question.serial, answer.serial) ??
    compare('key', admitted.key, question.key) ??
    compare('door', admitted.door, answer.door) ??
    compare('admittedAt', at, answer.admittedAt)
  );
}

function differsFromSave(
  { question, answer }: RecordedSave,
  { op, remaining }: LoggedChange,
): string | undefined {
  const { revision, details } = op as SavedOp;
  return (
    compare('revision', (question.revision ?? 0) + 1, revision) ??
    compare('event', textOf(details), textOf(question.event)) ??
    compare('remaining', remaining, answer.remaining ?? remaining)
  );
}

export function compare(
  member: string,
  expected: string | number | undefined,
  actual: string | number | undefined,
): string | undefined {
  if (expected === actual) return undefined;
  return `${member} should be ${JSON.stringify(expected)} and is ${JSON.stringify(actual)}`;
}

function compareSerials(
  { first, quantity }: Pick<SoldOp, 'first' | 'quantity'>,
  serials: readonly number[],
): string | undefined {
  const equal =
    serials.length === quantity && serials.every((serial, index) => serial === first + index);
  return equal ? undefined : `serials should be ${quantity} from ${first} and are ${serials}`;
}

/** Answers and ledgers of an older version have no total. */
function compareTotals(expected: Total | undefined, actual: Price | undefined): string | undefined {
  if (expected === undefined || actual === undefined) return undefined;
  return compare('total', expected.join(' '), `${actual.amount} ${actual.currency}`);
}

/** Details of an event as text, in the same order for all. */
export const textOf = (details: EventDetails): string =>
  JSON.stringify([
    details.name,
    details.venue,
    details.startsAt,
    details.price.amount,
    details.price.currency,
    details.capacity,
    details.salesFrom,
    details.salesUntil,
  ]);
