import { requestOf } from '../booking/idempotency.js';
import type { CommitLog } from './commit-log.js';
import { compare, differsFromOrder } from './named-change.js';

import {
  type AlreadyAdmittedAnswer,
  type Asked,
  type CapacityTooSmallAnswer,
  isOrder,
  isRefusal,
  isSearch,
  isSuccess,
  type NotOnSaleAnswer,
  type RecordedRefusal,
  type RecordedRequest,
  type RecordedSearch,
  type RevisionMismatchAnswer,
} from './recorded-request.js';
import { keyedRequestOf } from './reference-log.js';
import {
  everyState,
  intersect,
  type StateRanges,
  statesBefore,
  statesFrom,
} from './state-ranges.js';
import type { Violations } from './violations.js';

/** An answer that changed nothing, and the states of the commit log that it fits. */
export interface PlacedRead {
  readonly request: RecordedRequest;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly states: StateRanges;
  /** Whether it names its state as the newest one that was committed. */
  readonly isExact: boolean;
}

/**
 * Finds the states that each answer without a change fits; an answer that fits none is a violation.
 * Pure; nearly constant time for each, since the log indexes its states by what answers report.
 *
 * A search names its version, so it fits one state. It is judged by the events it lists, not by those
 * it leaves out. Any other answer fits the states in which, say, so many tickets remain: a list of
 * ranges, which all answers with that number share.
 */
export function placeReads(
  requests: readonly RecordedRequest[],
  log: CommitLog,
  violations: Violations,
  keysRemembered: number,
): PlacedRead[] {
  const reads: PlacedRead[] = [];
  for (const request of requests) {
    const { sentAt, answeredAt } = request;
    if (answeredAt === null) continue;
    const fitting = statesOf(request, log, keysRemembered);
    if (fitting === undefined) continue;
    const states =
      typeof fitting === 'string' ? fitting : withKey(request, fitting, log, keysRemembered);
    if (typeof states !== 'string') {
      reads.push({ request, sentAt, answeredAt, states, isExact: isSearch(request) });
    } else violations.add(isSearch(request) ? 'wrongSearch' : 'wrongRefusal', request, states);
  }
  return reads;
}

/** The states, or a text why there are none, or `undefined` for an answer that reports no state. */
function statesOf(
  request: RecordedRequest,
  log: CommitLog,
  keysRemembered: number,
): StateRanges | string | undefined {
  const { question, answer } = request;
  const status = answer?.status ?? 0;
  if (isSearch(request)) return statesOfSearch(request, log);
  if (status === 422 && 'key' in question) return statesOfReusedKey(request as Asked<'buy'>, log);
  switch (question.kind) {
    case 'buy':
    case 'hold':
      if (isRefusal(request)) return statesOfSoldOut(request, log);
      if (status === 409) {
        return statesOfNotOnSale(question.eventId, answer as NotOnSaleAnswer, log);
      }
      return status === 404 ? statesWithout(question.eventId, log) : undefined;
    case 'confirm':
    case 'release':
      if (status === 201 || !(isSuccess(request) || [404, 409, 410].includes(status)))
        return undefined;
      return statesOfEndedHold(request as Asked<'confirm' | 'release'>, log, keysRemembered);
    case 'cancel':
      return status === 409 || status === 404
        ? statesOfCancelRefused(request as Asked<'cancel'>, log)
        : undefined;
    case 'admit':
      return [404, 409, 410].includes(status)
        ? statesOfNotAdmitted(request as Asked<'admit'>, log)
        : undefined;
    case 'saveEvent':
      return status === 412 || status === 409
        ? statesOfNotSaved(request as Asked<'saveEvent'>, log)
        : undefined;
    case 'removeEvent':
      if (status === 404) return statesWithout(question.eventId, log);
      if (status !== 409) return undefined;
      return orElse(
        log.statesInUse(question.eventId),
        'was refused, but no ticket was sold or held',
      );
    default:
      return undefined;
  }
}

const orElse = (states: StateRanges, why: string): StateRanges | string =>
  states.length === 0 ? why : states;

function statesOfSearch({ answer }: RecordedSearch, log: CommitLog): StateRanges | string {
  const { version, events } = answer;
  const state = log.stateAfter(version);
  if (state === undefined) return `was answered from version ${version}, which does not exist`;
  for (const { id, remaining, capacity } of events) {
    const actual = log.remainingAt(id, state);
    if (actual !== remaining) {
      const contrast = actual === undefined ? 'there is no such event' : `there were ${actual}`;
      return `found ${remaining} left of ${id} at version ${version}, but ${contrast}`;
    }
    const actualCapacity = log.capacityAt(id, state);
    if (capacity !== undefined && capacity !== actualCapacity) {
      return `found ${id} with ${capacity} tickets at version ${version}, but it had ${actualCapacity}`;
    }
  }
  return [{ from: state, to: state }];
}

function statesOfSoldOut(
  { question, answer }: RecordedRefusal,
  log: CommitLog,
): StateRanges | string {
  const { eventId, quantity } = question;
  const { requested, remaining, version } = answer;
  if (requested !== quantity) return `was refused ${requested} tickets`;
  if (remaining >= quantity) return `was refused although ${remaining} were left`;
  const states = log.statesWithRemaining(eventId, remaining);
  if (states.length === 0) {
    return `was answered that ${remaining} were left, but there never were`;
  }
  if (version === undefined) return states;
  const from = log.stateAfter(version - 1) ?? 0;
  const to = log.lastStateOf(version) ?? -1;
  return orElse(
    intersect(states, [{ from, to }]),
    `was answered that ${remaining} were left at version ${version}, which is wrong`,
  );
}

/**
 * The time of a refusal is unknown, but it is not before that of the state. So it fits a state until the
 * sale begins, and any state once the sale has an end.
 */
function statesOfNotOnSale(
  eventId: string,
  { salesFrom, salesUntil }: NotOnSaleAnswer,
  log: CommitLog,
): StateRanges | string {
  const states = log.statesWithWindow(eventId, salesFrom, salesUntil);
  const why = 'was answered that the tickets are not on sale, but they were';
  if (salesUntil !== undefined) return orElse(states, why);
  const to = log.lastStateBefore(Date.parse(salesFrom ?? ''));
  return orElse(intersect(states, [{ from: 0, to }]), why);
}

function statesWithout(eventId: string, log: CommitLog): StateRanges | string {
  const why = 'was answered 404, but the event exists';
  return orElse(log.statesWithRevision(eventId, 0), why);
}

function statesOfReusedKey(
  { question }: Asked<'buy' | 'hold' | 'admit'>,
  log: CommitLog,
): StateRanges | string {
  const other = log
    .withKey(question.key ?? '')
    .find(({ op }) => requestOf(keyedRequestOf(op)) !== requestOf(question));
  if (other === undefined) return 'was answered that its key did something else, but it did not';
  return statesFrom(other.position);
}

/** A hold that was confirmed before, or released, or whose time is over, or which is unknown. */
function statesOfEndedHold(
  request: Asked<'confirm' | 'release'>,
  log: CommitLog,
  remembered: number,
): StateRanges | string | undefined {
  const { question, answer } = request;
  const status = answer?.status;
  const hold = log.hold(question.holdId);
  if (status === 404) {
    if (hold === undefined) return everyState;
    const forgotten = statesFrom((hold.endedAt ?? log.lastState) + remembered);
    const states = intersect([...statesBefore(hold.madeAt), ...forgotten], log.states);
    return orElse(states, 'was answered that there is no such hold, but there was');
  }
  if (hold?.endedAt === undefined) return 'was answered that its hold has ended, but it has not';
  const wasConfirmed = hold.end === 'confirmed';
  const tellsConfirmed = question.kind === 'confirm' ? status === 200 : status === 409;
  if (wasConfirmed !== tellsConfirmed) {
    const end = tellsConfirmed ? 'confirmed' : 'over';
    return `was answered that its hold was ${end}, but it was ${hold.end}`;
  }
  // The one that released it is a change, not a read.
  if (question.kind === 'release' && hold.end === 'released') return undefined;
  if (isOrder(request)) {
    const sale = log.withHold(question.holdId);
    const difference = sale && differsFromOrder(request, sale);
    if (difference !== undefined) return `got the order of its hold, but ${difference}`;
  }
  return statesFrom(hold.endedAt);
}

function statesOfCancelRefused(
  { question, answer }: Asked<'cancel'>,
  log: CommitLog,
): StateRanges | string {
  const { eventId, serials } = question;
  if (answer?.status === 404) {
    const sale = log.sold(eventId, serials[0] ?? 0);
    return sale === undefined ? everyState : statesBefore(sale.position);
  }
  const positions = serials.flatMap((serial) => log.admitted(eventId, serial)?.position ?? []);
  if (positions.length === 0) return 'was refused, but none of its tickets was used';
  return statesFrom(Math.min(...positions));
}

function statesOfNotAdmitted(
  { question, answer }: Asked<'admit'>,
  log: CommitLog,
): StateRanges | string {
  const { eventId, serial } = question;
  if (answer?.status === 404) {
    const sale = log.sold(eventId, serial);
    return sale === undefined ? everyState : statesBefore(sale.position);
  }
  if (answer?.status === 410) {
    const cancelled = log.cancelled(eventId, serial);
    if (cancelled === undefined) return 'was answered that the ticket is cancelled, but it is not';
    return statesFrom(cancelled.position);
  }
  const admitted = log.admitted(eventId, serial);
  if (admitted === undefined) return 'was refused, but the ticket was not used';
  const { admittedAt, door } = answer as AlreadyAdmittedAnswer;
  const { at, op } = admitted;
  const difference =
    compare('admittedAt', at, admittedAt ?? at) ?? compare('door', op.door, door ?? op.door);
  if (difference !== undefined) return `was answered with the admission, but ${difference}`;
  return statesFrom(admitted.position);
}

function statesOfNotSaved(
  { question, answer }: Asked<'saveEvent'>,
  log: CommitLog,
): StateRanges | string {
  const { eventId, event, revision = 0 } = question;
  if (answer?.status === 412) {
    const { revision: actual } = answer as RevisionMismatchAnswer;
    if (actual === revision) return `was refused, but it was made for revision ${actual}`;
    const why = `was answered that the revision is ${actual}, but it never was`;
    return orElse(log.statesWithRevision(eventId, actual), why);
  }
  const { taken } = answer as CapacityTooSmallAnswer;
  if (event.capacity >= taken) return `was refused, although it leaves room for ${taken}`;
  return orElse(
    intersect(log.statesWithTaken(eventId, taken), log.statesWithRevision(eventId, revision)),
    `was answered that ${taken} are sold or held, but there never were`,
  );
}

/** While a key is remembered, it is answered with what it did: a refusal came before that. */
function withKey(
  { question, answer }: RecordedRequest,
  states: StateRanges,
  log: CommitLog,
  keysRemembered: number,
): StateRanges | string {
  const key = 'key' in question ? question.key : undefined;
  if (key === undefined || answer?.status === 422) return states;
  const without = log
    .withKey(key)
    .reduce<StateRanges>(
      (left, { position }) =>
        intersect(left, [...statesBefore(position), ...statesFrom(position + keysRemembered)]),
      intersect(states, log.states),
    );
  return orElse(without, 'was refused although its key had already been used');
}
