import {
  isBuy,
  isRefusal,
  isSearch,
  type RecordedBuy,
  type RecordedRefusal,
  type RecordedRequest,
  type RecordedSearch,
} from './recorded-request.js';
import type { Span, Timeline } from './timeline.js';
import type { Violations } from './violations.js';

/** An answer that sold nothing, and the points of the timeline whose state it fits. */
export interface Read {
  readonly request: RecordedRequest;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly span: Span;
}

/**
 * Finds where each answer that sold nothing can stand in the timeline; one that fits nowhere is an
 * offence. Pure; a binary search for each.
 *
 * A search names its version, so it fits one point. It is judged by what it lists, not by what it
 * leaves out. A refusal names no version, but what is left of an event only ever falls, so the states
 * with as much left as it says are one span of the timeline: two numbers, however long the request
 * took and however many commits passed by meanwhile.
 */
export function placeReads(
  requests: readonly RecordedRequest[],
  timeline: Timeline,
  violations: Violations,
  keysRemembered: number,
): Read[] {
  const reads: Read[] = [];
  for (const request of requests) {
    const { sentAt, answeredAt } = request;
    const fit = fitOf(request, timeline, keysRemembered);
    if (answeredAt === null || fit === undefined) continue;
    if (typeof fit !== 'string') reads.push({ request, sentAt, answeredAt, span: fit });
    else violations.note(isBuy(request) ? 'wrongRefusal' : 'wrongSearch', request, fit);
  }
  return reads;
}

/** A span, or in words why there is none, or `undefined` for an answer that says nothing of a state. */
function fitOf(
  request: RecordedRequest,
  timeline: Timeline,
  keysRemembered: number,
): Span | string | undefined {
  if (isSearch(request)) return fitOfSearch(request, timeline);
  if (isRefusal(request)) return fitOfRefusal(request, timeline, keysRemembered);
  if (!isBuy(request)) return undefined;
  if (request.answer?.status === 422) return fitOfReusedKey(request, timeline);
  if (request.answer?.status === 404 && timeline.hasEvent(request.question.eventId)) {
    return 'was told that there is no such event, and there is';
  }
  return undefined;
}

function fitOfSearch({ answer }: RecordedSearch, timeline: Timeline): Span | string {
  const { version, events } = answer;
  const point = timeline.endOf(version);
  if (point === undefined) return `was answered from version ${version}, which does not exist`;
  for (const { id, remaining } of events) {
    const left = timeline.leftAt(id, point);
    if (left !== remaining) {
      const really = left === undefined ? 'there is no such event' : `there were ${left}`;
      return `found ${remaining} left of ${id} at version ${version}, and ${really}`;
    }
  }
  return { from: point, to: point };
}

function fitOfRefusal(
  { question, answer }: RecordedRefusal,
  timeline: Timeline,
  keysRemembered: number,
): Span | string {
  const { eventId, quantity, key } = question;
  const { requested, remaining, version } = answer;
  if (requested !== quantity) return `was refused ${requested}`;
  if (remaining >= quantity) return `was refused although ${remaining} were left`;
  const span = timeline.spanOf(eventId, remaining);
  if (span === undefined) return `was told that ${remaining} were left, and there never were`;

  let { from, to } = span;
  // Whoever knows the key has its sale, or another refusal: this one came before the key sold.
  for (const { place } of key === undefined ? [] : timeline.salesWith(key)) {
    if (to < place + keysRemembered) to = Math.min(to, place - 1);
  }
  if (to < from) return 'was refused although its key had sold already';
  if (version !== undefined) {
    from = Math.max(from, timeline.endOf(version - 1) ?? 0);
    to = Math.min(to, timeline.endOf(version) ?? -1);
    if (to < from) return `was told that ${remaining} were left at version ${version}, a wrong one`;
  }
  return { from, to };
}

function fitOfReusedKey({ question }: RecordedBuy, timeline: Timeline): Span | string {
  const { eventId, customer, quantity, key } = question;
  const other = timeline
    .salesWith(key ?? '')
    .find(({ op }) => op.event !== eventId || op.customer !== customer || op.quantity !== quantity);
  if (other === undefined) return 'was told that its key sold something else, and it did not';
  return { from: other.place, to: timeline.ops.length };
}
