import type { CommitLog, LoggedChange } from './commit-log.js';
import { changeNamedBy, textOf } from './named-change.js';
import { isSuccess, isUnknown, type Question, type RecordedRequest } from './recorded-request.js';
import type { AdmittedOp, HeldOp, RequestedOp, SavedOp, SoldOp } from './reference-log.js';
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
  const changes = [...matches.values()];
  widenAmbiguous(changes);
  return { changes, repeated };
}

/**
 * An event that was removed and created again has several changes that look alike. If one of their requests
 * has no answer, nothing tells which of them it caused: each may be from the first request, until any time.
 */
function widenAmbiguous(matches: readonly MatchedChange[]): void {
  const alike = new Map<string, MatchedChange[]>();
  for (const match of matches) {
    const { op } = match.logged;
    if (op.op !== 'save' && op.op !== 'remove') continue;
    const body = bodyOfOp(op);
    const group = alike.get(body);
    if (group === undefined) alike.set(body, [match]);
    else group.push(match);
  }
  for (const group of alike.values()) {
    if (group.length === 1 || !group.some(({ request }) => isUnknown(request))) continue;
    const sentAt = Math.min(...group.map((match) => match.sentAt));
    for (const match of group) {
      match.sentAt = sentAt;
      match.answeredAt = Number.POSITIVE_INFINITY;
    }
  }
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
  const named = changeNamedBy(request);
  if (named === undefined) return undefined;
  const candidates = log.named(named.name).filter(({ op }) => named.begins(op));
  const free = candidates.filter(({ position }) => !matches.has(position));
  const found =
    candidates.find(({ version }) => version === named.version) ??
    free.find((logged) => named.differs(logged) === undefined) ??
    free[0] ??
    candidates.at(-1);
  if (found === undefined) {
    const { question } = request;
    // A hold may have ended by time, before it was released: then the answer is placed like a read.
    if (question.kind === 'release' && log.hold(question.holdId)?.end === 'expired')
      return undefined;
    violations.add('lost', request, `${named.answered}, but the ledger does not contain that`);
    return undefined;
  }
  const difference = named.differs(found);
  if (difference === undefined) return found;
  violations.add('altered', request, `got ${describeChange(found)}, but ${difference}`);
  return undefined;
}

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
