import type { KeyedRequest } from '../booking/idempotency.js';
import type { EventDetails, Price } from '../booking/inventory.js';
import {
  type CommitLog,
  eventName,
  holdName,
  type LoggedChange,
  ticketName,
} from './commit-log.js';
import {
  isSuccess,
  isUnknown,
  type Question,
  type RecordedAdmission,
  type RecordedHold,
  type RecordedOrder,
  type RecordedRequest,
  type RecordedSave,
} from './recorded-request.js';
import type { AdmittedOp, HeldOp, RequestedOp, SavedOp, SoldOp, Total } from './reference-log.js';
import { describe, type Violations } from './violations.js';

/** A change of the ledger, matched to the requests that may have caused it. */
export interface MatchedChange {
  readonly logged: LoggedChange;
  /** The request that was answered with this change, or that may have caused it. */
  readonly request: RecordedRequest;
  /** The change took effect between these two: the first request and the first answer. */
  sentAt: number;
  answeredAt: number;
}

export interface MatchOptions {
  /** The state at which the recording began: earlier changes are older than it. */
  readonly start: number;
  /** Whether every request that could have caused a change was recorded. */
  readonly complete: boolean;
}

/** The changes and their requests, and how many answers repeated that of another request. */
export interface Matches {
  readonly changes: readonly MatchedChange[];
  readonly repeated: number;
}

/**
 * Matches every change of the ledger to the request that caused it. Pure, and linear but for two sorts.
 *
 * A change belongs to the answer that names it. Of a change that may be repeated, there may be several:
 * the first answer and its replays, which cannot be distinguished. Such are a sale, a hold or an
 * admission with a key, a release and a cancellation. It took effect after the first of these requests
 * was sent and before the first was answered. A request without an answer may have been the first one
 * too. A change without an answer belongs to an unanswered request for the same. The earliest such
 * change takes the earliest such request: if any assignment respects real time, this one does, because
 * a later change never needs an earlier request.
 */
export function matchChanges(
  requests: readonly RecordedRequest[],
  log: CommitLog,
  violations: Violations,
  { start, complete }: MatchOptions,
): Matches {
  const matches = new Map<number, MatchedChange>();
  let repeated = 0;
  // In the order of the answers, for an event that was removed and created again.
  for (const request of requests.filter(isSuccess).toSorted(byAnswer)) {
    const { answeredAt } = request;
    const logged = findChange(request, log, violations, matches);
    if (logged === undefined || answeredAt === null) continue;
    const again = mayBeRepeated(logged.op);
    if (again && logged.position <= start) continue; // a replay from before the recording
    const match = matches.get(logged.position);
    if (match === undefined) {
      // The first of these requests may not have been recorded.
      const sentAt = again && !complete ? Number.NEGATIVE_INFINITY : request.sentAt;
      matches.set(logged.position, { logged, request, sentAt, answeredAt });
    } else if (again) {
      repeated++;
      match.sentAt = Math.min(match.sentAt, request.sentAt);
      match.answeredAt = Math.min(match.answeredAt, answeredAt);
    } else {
      violations.add('soldTwice', request, `got the same as ${describe(match.request)}`);
    }
  }

  const unanswered = unansweredByBody(requests);
  for (const logged of log.changes()) {
    const candidates = unanswered.size === 0 ? undefined : unanswered.get(bodyOfOp(logged.op));
    const match = matches.get(logged.position);
    if (match !== undefined) {
      const first = mayBeRepeated(logged.op) ? candidates?.at(-1) : undefined;
      if (first !== undefined) match.sentAt = Math.min(match.sentAt, first.sentAt);
    } else if (logged.position > start) {
      const request = candidates?.pop();
      if (request !== undefined) {
        const { sentAt } = request;
        const answeredAt = Number.POSITIVE_INFINITY;
        matches.set(logged.position, { logged, request, sentAt, answeredAt });
      } else if (complete) {
        violations.addOfLedger('unasked', `no client requested ${describeChange(logged)}`);
      }
    }
  }
  return { changes: [...matches.values()], repeated };
}

const byAnswer = (a: RecordedRequest, b: RecordedRequest): number =>
  (a.answeredAt ?? 0) - (b.answeredAt ?? 0);

/** Whether a repeated request is answered like the first one. */
const mayBeRepeated = (op: RequestedOp): boolean =>
  op.op === 'release' || op.op === 'cancel' || ('key' in op && op.key !== undefined);

/**
 * The change of the ledger that an answer reports; `undefined`, and a violation, if they differ.
 * `undefined` too for an answer that reports no change of its own, which is placed like a read.
 */
function findChange(
  request: RecordedRequest,
  log: CommitLog,
  violations: Violations,
  matches: ReadonlyMap<number, MatchedChange>,
): LoggedChange | undefined {
  const named = whatItNames(request);
  if (named === undefined) return undefined;
  const candidates = log.named(named.name).filter(({ op }) => named.begins(op));
  const found =
    candidates.find(({ version }) => version === named.version) ??
    candidates.find(({ position }) => !matches.has(position)) ??
    candidates.at(-1);
  if (found === undefined) {
    const { question } = request;
    // A hold may have ended by time, before it was released: then the answer is placed like a read.
    if (question.kind === 'release' && log.hold(question.holdId)?.end === 'expired')
      return undefined;
    violations.add('lost', request, `${named.told}, but the ledger does not contain that`);
    return undefined;
  }
  const difference = named.differs(found);
  if (difference === undefined) return found;
  violations.add('altered', request, `got ${describeChange(found)}, but ${difference}`);
  return undefined;
}

/** The change that an answer names. */
interface Named {
  readonly name: string;
  /** Whether a change with this name begins with what it names. */
  readonly begins: (op: RequestedOp) => boolean;
  readonly version?: number;
  /** What the client was answered, in words. */
  readonly told: string;
  readonly differs: (logged: LoggedChange) => string | undefined;
}

const always = () => true;
const never = () => undefined;

function whatItNames(request: RecordedRequest): Named | undefined {
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
        told: `was given hold ${holdId}`,
        differs: (logged) => differsFromHold(request as RecordedHold, logged),
      };
    }
    case 'release': {
      const name = holdName('release', question.holdId);
      return { name, begins: always, told: 'was released', differs: never };
    }
    case 'cancel': {
      const [first = 0] = question.serials;
      return {
        name: ticketName('cancel', question.eventId, first),
        begins: (op) => op.op === 'cancel' && op.first === first,
        told: 'was cancelled',
        differs: ({ op }) => compareSerials(op as SoldOp, question.serials),
      };
    }
    case 'admit':
      return {
        name: ticketName('admit', question.eventId, question.serial),
        begins: always,
        told: 'was let in',
        differs: (logged) => differsFromAdmission(request as RecordedAdmission, logged),
      };
    case 'saveEvent':
      return {
        name: eventName('save', question.eventId, (request as RecordedSave).answer.revision),
        begins: always,
        told: `was saved as revision ${(request as RecordedSave).answer.revision}`,
        differs: (logged) => differsFromSave(request as RecordedSave, logged),
      };
    case 'removeEvent': {
      const name = eventName('remove', question.eventId);
      return { name, begins: always, told: 'was removed', differs: never };
    }
    case 'search':
      return undefined;
  }
}

function namedOrder(request: RecordedOrder): Named {
  const { eventId, serials, version } = request.answer;
  const [first = 0] = serials;
  return {
    name: ticketName('buy', eventId, first),
    begins: (op) => op.op === undefined && op.first === first,
    version,
    told: `was sold ticket ${first} of ${eventId}`,
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
const textOf = (details: EventDetails): string =>
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

/** What a change did, in words. */
export function describeChange({ version, op }: LoggedChange): string {
  const what = {
    sale: () => `the sale of ticket ${(op as SoldOp).first} of ${op.event}`,
    hold: () => `hold ${(op as HeldOp).hold} of ${op.event}`,
    release: () => `the release of hold ${(op as HeldOp).hold}`,
    cancel: () => `the cancellation of ticket ${(op as SoldOp).first} of ${op.event}`,
    admit: () => `the admission with ticket ${(op as AdmittedOp).serial} of ${op.event}`,
    save: () => `revision ${(op as SavedOp).revision} of ${op.event}`,
    remove: () => `the removal of ${op.event}`,
  }[op.op ?? 'sale']();
  return `${what} in version ${version}`;
}

/** What a request asks for, as text; equal to `bodyOfOp` of a change that it may have caused. */
function bodyOf(question: Question): string {
  switch (question.kind) {
    case 'buy':
    case 'hold': {
      const { kind, eventId, customer, quantity, key } = question;
      return JSON.stringify([kind, eventId, customer, quantity, key]);
    }
    case 'confirm':
    case 'release':
      return JSON.stringify([question.kind, question.holdId]);
    case 'cancel':
      return JSON.stringify(['cancel', question.eventId, question.serials[0]]);
    case 'admit':
      return JSON.stringify(['admit', question.eventId, question.serial, question.key]);
    case 'saveEvent': {
      const { eventId, event, revision = 0 } = question;
      return JSON.stringify(['save', eventId, revision + 1, textOf(event)]);
    }
    case 'removeEvent':
      return JSON.stringify(['remove', question.eventId]);
    case 'search':
      return '';
  }
}

function bodyOfOp(op: RequestedOp): string {
  switch (op.op) {
    case undefined:
      return op.hold === undefined
        ? JSON.stringify(['buy', op.event, op.customer, op.quantity, op.key])
        : JSON.stringify(['confirm', op.hold]);
    case 'hold':
      return JSON.stringify(['hold', op.event, op.customer, op.quantity, op.key]);
    case 'release':
      return JSON.stringify(['release', op.hold]);
    case 'cancel':
      return JSON.stringify(['cancel', op.event, op.first]);
    case 'admit':
      return JSON.stringify(['admit', op.event, op.serial, op.key]);
    case 'save':
      return JSON.stringify(['save', op.event, op.revision, textOf(op.details)]);
    case 'remove':
      return JSON.stringify(['remove', op.event]);
  }
}

/** What a change with an idempotency key was asked for with. */
export function keyedRequestOf(op: RequestedOp): KeyedRequest {
  if (op.op === 'admit') return { kind: 'admit', eventId: op.event, serial: op.serial };
  const { event: eventId, customer, quantity } = op as SoldOp | HeldOp;
  return { kind: op.op === 'hold' ? 'hold' : 'buy', eventId, customer, quantity };
}

/** The unanswered requests, grouped by what they asked for; the one sent first is last in its group. */
function unansweredByBody(requests: readonly RecordedRequest[]): Map<string, RecordedRequest[]> {
  const groups = new Map<string, RecordedRequest[]>();
  for (const request of requests.filter(isUnknown).toSorted((a, b) => b.sentAt - a.sentAt)) {
    const body = bodyOf(request.question);
    const group = groups.get(body);
    if (group === undefined) groups.set(body, [request]);
    else group.push(request);
  }
  return groups;
}
