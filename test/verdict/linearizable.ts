import { isUnknown, type RecordedRequest } from '../../src/verdict/recorded-request.js';
import { type Hints, type Inventory, keyOf, step } from './inventory-model.js';

/** `unknown`: the search reached its limit. That is not a pass. */
export type Linearizability = 'ok' | 'illegal' | 'unknown';

/** Takes a second or two. */
export const STEPS_MAX = 200_000;

/**
 * Whether some order of the requests explains every answer and agrees with real time. Pure, and
 * without a reference log: it tries the orders. That takes exponential time at worst, so it is for
 * short histories. It is an independent check of `judgeHistory`, and shares only the recorded shape.
 *
 * The search is Wing and Gong's (Testing and Verifying Concurrent Objects, 1993) with Lowe's
 * optimizations (Testing for linearizability, 2017): requests that took effect are lifted out of a
 * linked list of questions and answers, and no set of them that led to the same state is tried twice.
 * Porcupine (A. Athalye, github.com/anishathalye/porcupine) does the same.
 *
 * A request without an answer may take effect at any time after it was sent, or never: the list contains
 * its question but no answer, and the search ends when no answers are left. Where a request may lead
 * to several states, they are followed together.
 *
 * @param start the inventory before the first request
 * @param stepsMax steps of the model before the search stops
 */
export function linearizable(
  requests: readonly RecordedRequest[],
  start: Inventory,
  stepsMax = STEPS_MAX,
): Linearizability {
  const head = linkUp(requests);
  const hints = hintsIn(requests);
  const tried = new Set<string>();
  const taken: { readonly node: Node; readonly before: readonly Inventory[] }[] = [];
  let states: readonly Inventory[] = [start];
  let done = 0n;
  let steps = 0;

  let node = head.next;
  while (node !== undefined) {
    const { isQuestion, request, bit } = node;
    if (isQuestion) {
      if (++steps > stepsMax) return 'unknown';
      const next = distinct(states.flatMap((state) => step(state, request, hints)));
      const after = done | bit;
      const key = `${after.toString(36)} ${[...next.keys()].sort().join(' ')}`;
      if (next.size === 0 || tried.has(key)) {
        node = node.next;
        continue;
      }
      tried.add(key);
      taken.push({ node, before: states });
      states = [...next.values()];
      done = after;
      lift(node);
      node = head.next;
    } else {
      // Its question has not taken effect, but must have by now: undo the last choice.
      const last = taken.pop();
      if (last === undefined) return 'illegal';
      states = last.before;
      done &= ~last.node.bit;
      unlift(last.node);
      node = last.node.next;
    }
  }
  return 'ok';
}

/**
 * What other answers tell of requests without one: the id and the time of a hold that a key was answered
 * with, and the time of an admission that a door was told.
 */
function hintsIn(requests: readonly RecordedRequest[]): Hints {
  const hints = new Map<string, RecordedRequest['answer']>();
  const nameOf = ({ question }: RecordedRequest): string | undefined => {
    if (question.kind === 'admit') return `${question.serial} ${question.eventId}`;
    if (question.kind !== 'hold' || question.key === undefined) return undefined;
    return JSON.stringify(question);
  };
  for (const request of requests) {
    const { answer } = request;
    const name = nameOf(request);
    if (name === undefined || answer === null) continue;
    if (!('expiresAt' in answer || 'admittedAt' in answer)) continue;
    hints.set(name, { ...answer, status: 201 });
  }
  return (request) => hints.get(nameOf(request) ?? '') ?? null;
}

/** An element of a doubly linked list. */
interface Link {
  previous: Link | undefined;
  next: Node | undefined;
}

/** A question, or the answer to one. */
interface Node extends Link {
  readonly at: number;
  readonly isQuestion: boolean;
  readonly request: RecordedRequest;
  /** The bit of its request in the set of those that took effect. */
  readonly bit: bigint;
  /** The answer to this question; `undefined` if none was received. */
  readonly answer: Node | undefined;
}

/** Links questions and answers by time, questions first. Returns the head of the list. */
function linkUp(requests: readonly RecordedRequest[]): Link {
  const nodes: Node[] = [];
  for (const [index, request] of requests.entries()) {
    const { sentAt, answeredAt } = request;
    const common = { request, bit: 1n << BigInt(index), previous: undefined, next: undefined };
    if (answeredAt !== null && !isUnknown(request)) {
      const answer: Node = { ...common, at: answeredAt, isQuestion: false, answer: undefined };
      nodes.push(answer, { ...common, at: sentAt, isQuestion: true, answer });
    } else if (request.question.kind !== 'search') {
      nodes.push({ ...common, at: sentAt, isQuestion: true, answer: undefined });
    }
  }
  nodes.sort((a, b) => a.at - b.at || Number(b.isQuestion) - Number(a.isQuestion));
  const head: Link = { previous: undefined, next: undefined };
  let last = head;
  for (const node of nodes) {
    node.previous = last;
    last.next = node;
    last = node;
  }
  return head;
}

/** Takes a question and its answer out of the list; each keeps its own links, for `unlift`. */
function lift(node: Node): void {
  for (const each of [node, node.answer]) {
    if (each?.previous !== undefined) each.previous.next = each.next;
    if (each?.next !== undefined) each.next.previous = each.previous;
  }
}

/** Puts them back, in the reverse order of `lift`. */
function unlift(node: Node): void {
  for (const each of [node.answer, node]) {
    if (each?.previous !== undefined) each.previous.next = each;
    if (each?.next !== undefined) each.next.previous = each;
  }
}

const distinct = (states: readonly Inventory[]): ReadonlyMap<string, Inventory> =>
  new Map(states.map((state) => [keyOf(state), state]));
