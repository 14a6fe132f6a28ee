import type { CommitLog, StateRange } from './commit-log.js';
import {
  isBuy,
  isRefusal,
  isSearch,
  type RecordedBuy,
  type RecordedRefusal,
  type RecordedRequest,
  type RecordedSearch,
} from './recorded-request.js';
import type { Violations } from './violations.js';

/** An answer that sold nothing, and the states of the commit log that it fits. */
export interface PlacedRead {
  readonly request: RecordedRequest;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly states: StateRange;
}

/**
 * Finds the states that each answer without a sale fits; an answer that fits none is a violation.
 * Pure; a binary search for each.
 *
 * A search names its version, so it fits one state. It is judged by the events it lists, not by those
 * it leaves out. A refusal names no version, but the remaining tickets of an event only ever
 * decrease, so the states with the reported number are one range: two integers, however long the
 * request took and however many commits were made in that time.
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
    const states = statesOf(request, log, keysRemembered);
    if (answeredAt === null || states === undefined) continue;
    if (typeof states !== 'string') reads.push({ request, sentAt, answeredAt, states });
    else violations.add(isBuy(request) ? 'wrongRefusal' : 'wrongSearch', request, states);
  }
  return reads;
}

/** The states, or a text why there are none, or `undefined` for an answer that reports no state. */
function statesOf(
  request: RecordedRequest,
  log: CommitLog,
  keysRemembered: number,
): StateRange | string | undefined {
  if (isSearch(request)) return statesOfSearch(request, log);
  if (isRefusal(request)) return statesOfRefusal(request, log, keysRemembered);
  if (!isBuy(request)) return undefined;
  if (request.answer?.status === 422) return statesOfReusedKey(request, log);
  if (request.answer?.status === 404 && log.hasEvent(request.question.eventId)) {
    return 'was answered 404, but the event exists';
  }
  return undefined;
}

function statesOfSearch({ answer }: RecordedSearch, log: CommitLog): StateRange | string {
  const { version, events } = answer;
  const state = log.stateAfter(version);
  if (state === undefined) return `was answered from version ${version}, which does not exist`;
  for (const { id, remaining } of events) {
    const actual = log.remainingAt(id, state);
    if (actual !== remaining) {
      const contrast = actual === undefined ? 'there is no such event' : `there were ${actual}`;
      return `found ${remaining} left of ${id} at version ${version}, but ${contrast}`;
    }
  }
  return { from: state, to: state };
}

function statesOfRefusal(
  { question, answer }: RecordedRefusal,
  log: CommitLog,
  keysRemembered: number,
): StateRange | string {
  const { eventId, quantity, key } = question;
  const { requested, remaining, version } = answer;
  if (requested !== quantity) return `was refused ${requested} tickets`;
  if (remaining >= quantity) return `was refused although ${remaining} were left`;
  const states = log.statesWithRemaining(eventId, remaining);
  if (states === undefined) return `was answered that ${remaining} were left, but there never were`;

  let { from, to } = states;
  // While a key is remembered, it is answered with its sale: this refusal came before the sale.
  for (const { position } of key === undefined ? [] : log.salesWithKey(key)) {
    if (to < position + keysRemembered) to = Math.min(to, position - 1);
  }
  if (to < from) return 'was refused although its key had already sold';
  if (version !== undefined) {
    from = Math.max(from, log.stateAfter(version - 1) ?? 0);
    to = Math.min(to, log.stateAfter(version) ?? -1);
    if (to < from) {
      return `was answered that ${remaining} were left at version ${version}, which is wrong`;
    }
  }
  return { from, to };
}

function statesOfReusedKey({ question }: RecordedBuy, log: CommitLog): StateRange | string {
  const { eventId, customer, quantity, key } = question;
  const other = log
    .salesWithKey(key ?? '')
    .find(
      ({ sale }) =>
        sale.event !== eventId || sale.customer !== customer || sale.quantity !== quantity,
    );
  if (other === undefined) return 'was answered that its key sold something else, but it did not';
  return { from: other.position, to: log.sales.length };
}
