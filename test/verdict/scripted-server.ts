import fc from 'fast-check';
import {
  decideWithKeys,
  type KeyedOutcome,
  type KeyedResult,
  requestOf,
} from '../../src/booking/idempotency.js';
import type { EventDetails, TicketEvent, TicketState } from '../../src/booking/inventory.js';
import type { Admitted, Held, Outcome, Sold } from '../../src/booking/outcomes.js';
import type {
  Answer,
  HeldAnswer,
  History,
  Question,
  RecordedRequest,
  SoldAnswer,
} from '../../src/verdict/recorded-request.js';
import type {
  ReferenceCommit,
  ReferenceLog,
  ReferenceOp,
} from '../../src/verdict/reference-log.js';
import { anEvent } from '../support/folder.js';
import {
  answerTo,
  commandOf,
  type Ended,
  endsIn,
  foundIn,
  type LookUps,
  timeAfter,
} from './answers.js';

/** What clients ask for: sales only, or all that can happen to a ticket. */
export type Verbs = 'sales' | 'all';

/** The next action: a client sends, the server works, or a client is answered or gives up. */
interface Action {
  readonly kind: 'send' | 'decide' | 'search' | 'answer' | 'lose' | 'expire';
  /** Selects one of the requests that the action could apply to. */
  readonly pick: number;
  /** Seconds since the previous action; 0: at the same moment. */
  readonly ticks: number;
  readonly verb: Question['kind'];
  readonly event: number;
  readonly quantity: number;
  /** 0 for none. */
  readonly key: number;
}

export interface Script {
  readonly capacities: readonly number[];
  /** Whether the last event is on sale for some time only. */
  readonly hasWindow: boolean;
  readonly inFlightMax: number;
  readonly actions: readonly Action[];
}

const verbsOf: Readonly<Record<Verbs, readonly Question['kind'][]>> = {
  sales: ['buy', 'buy', 'buy', 'search'],
  all: [
    ...['buy', 'buy', 'buy', 'hold', 'hold', 'confirm', 'confirm', 'confirm', 'release', 'cancel'],
    ...['cancel', 'admit', 'admit', 'admit', 'admit', 'saveEvent', 'removeEvent', 'search'],
  ] as Question['kind'][],
};

/** Random scripts, with up to 8 requests in flight. */
export const scripts = (eventsMax: number, verbs: Verbs): fc.Arbitrary<Script> =>
  fc.record({
    capacities: fc.array(fc.integer({ min: 2, max: 7 }), { minLength: 1, maxLength: eventsMax }),
    hasWindow: verbs === 'sales' ? fc.constant(false) : fc.nat(5).map((number) => number === 0),
    inFlightMax: fc.integer({ min: 1, max: 8 }),
    actions: fc.array(
      fc.record({
        kind: fc.constantFrom(
          ...(['send', 'send', 'decide', 'search', 'answer', 'answer', 'answer', 'lose'] as const),
          ...(verbs === 'sales' ? [] : (['expire'] as const)),
        ),
        pick: fc.nat(999),
        ticks: fc.nat(2),
        verb: fc.constantFrom(...verbsOf[verbs]),
        event: fc.nat(9),
        quantity: fc.integer({ min: 1, max: 3 }),
        key: fc.nat(9).map((number) => Math.max(0, number - 5)),
      }),
      { minLength: verbs === 'sales' ? 20 : 40, maxLength: 80, size: 'max' },
    ),
  });

/** What the server decides with: the real one, or one that lacks a guard. */
export type Decide = typeof decideWithKeys<Keyed>;
type Keyed = Sold | Held | Admitted;

/** The result of a script: the history, the reference log, and the state at every version. */
export interface Played {
  readonly history: History;
  readonly reference: ReferenceLog;
  readonly states: readonly TicketState[];
}

interface Pending {
  readonly id: string;
  readonly sentAt: number;
  readonly question: Question;
  readonly door: string;
  /** The answer, once the server has decided. */
  ready?: Answer;
}

/**
 * A correct server in memory, driven by a script. Every request is decided at one moment between its
 * sending and its answer, in batches, by the real `decide`; so its histories are linearizable.
 */
export function play(script: Script, decide: Decide = decideWithKeys): Played {
  const { capacities, hasWindow, inFlightMax, actions } = script;
  const events = capacities.map((capacity, index): [string, TicketEvent] => {
    const isLast = index === capacities.length - 1;
    const window = { salesFrom: timeAfter(8), salesUntil: timeAfter(35) };
    return [`e${index}`, anEvent(capacity, hasWindow && isLast ? window : {})];
  });
  let state: TicketState = { version: 0, events: Object.fromEntries(events) };
  const states = [state];
  const commits: ReferenceCommit[] = [];
  const keys = new Map<string, KeyedResult<Keyed>>();
  const ended = new Map<string, Ended>();
  const admissions = new Map<string, Admitted>();
  const lookUps: LookUps = {
    ended: (holdId) => ended.get(holdId),
    admission: (eventId, serial) => admissions.get(`${serial} ${eventId}`),
  };
  const requests: RecordedRequest[] = [];
  const inFlight: Pending[] = [];
  /** Received by the server and not decided; the client may have given up. */
  let waiting: Pending[] = [];
  let now = 0;

  function send(action: Action): void {
    if (inFlight.length >= inFlightMax) return;
    const id = `${requests.length + inFlight.length + 1}`;
    const question = questionOf(action, requests, capacities.length);
    const pending = { id, sentAt: now, question, door: `door ${action.pick % 2}` };
    inFlight.push(pending);
    waiting.push(pending);
  }

  function work(pick: number): void {
    const all = waiting.filter(({ question }) => question.kind !== 'search');
    const first = pick % Math.max(1, all.length);
    const used = new Set<string>();
    const chosen = all.slice(first, first + 1 + (pick % 3));
    // As the queue does: no two of a batch have the same key.
    const batch = chosen.filter(({ question }) => {
      const key = 'key' in question ? question.key : undefined;
      if (key === undefined) return true;
      return used.has(key) ? false : used.add(key);
    });
    const commands = batch.map(({ question, id, door }) => commandOf(question, `h${id}`, door));
    const outcomes = commit(commands.filter((command) => command !== undefined));
    for (const [index, pending] of batch.entries()) {
      const outcome = outcomes[index] as KeyedOutcome<Keyed>;
      const told = outcome.kind === 'replayed' ? outcome.earlier : outcome;
      pending.ready = answerTo(pending.question, told, lookUps);
    }
    waiting = waiting.filter((pending) => !batch.includes(pending));
  }

  function commit(commands: Parameters<Decide>[1]): readonly KeyedOutcome<Keyed>[] {
    const decision = decide(state, commands, timeAfter(now), (key) => keys.get(key));
    const { outcomes, changed, after, version, at } = decision;
    if (!changed) return outcomes;
    const ends = endsIn(state, after, outcomes);
    const ops = outcomes.flatMap((outcome) => opsOf(outcome as Outcome));
    const expired = [...ends].flatMap(([id, { end }]) => (end === 'expired' ? [id] : []));
    const first: ReferenceOp[] = expired.length > 0 ? [{ op: 'expire', holds: expired }] : [];
    commits.push({ version, at, ops: [...first, ...ops] });
    states.push(after);
    state = after;
    for (const [holdId, end] of ends) ended.set(holdId, end);
    for (const outcome of outcomes) {
      if (outcome.kind === 'admitted') {
        admissions.set(`${outcome.serial} ${outcome.eventId}`, outcome);
      }
      const isKeyed =
        outcome.kind === 'sold' || outcome.kind === 'held' || outcome.kind === 'admitted';
      if (!isKeyed || outcome.key === undefined) continue;
      const kind = ({ sold: 'buy', held: 'hold', admitted: 'admit' } as const)[outcome.kind];
      const asked = requestOf({ ...outcome, kind } as Parameters<typeof requestOf>[0]);
      const matches = (request: Parameters<typeof requestOf>[0]) => requestOf(request) === asked;
      keys.set(outcome.key, { earlier: outcome, matches });
    }
    return outcomes;
  }

  function search(pick: number): void {
    const searches = waiting.filter(({ question }) => question.kind === 'search');
    const pending = searches[pick % Math.max(1, searches.length)];
    if (pending === undefined) return;
    pending.ready = foundIn(state);
    waiting = waiting.filter((each) => each !== pending);
  }

  function end(pending: Pending | undefined, answer: Answer | null): void {
    if (pending === undefined) return;
    inFlight.splice(inFlight.indexOf(pending), 1);
    const { id, sentAt, question } = pending;
    requests.push({ id, sentAt, answeredAt: answer === null ? null : now, question, answer });
  }

  function answer(pick: number): void {
    const ready = inFlight.filter((pending) => pending.ready !== undefined);
    const pending = ready[pick % Math.max(1, ready.length)];
    end(pending, pending?.ready ?? null);
  }

  function lose(pick: number): void {
    if (pick % 4 !== 0) return; // otherwise too few are answered
    const pending = inFlight[pick % Math.max(1, inFlight.length)];
    end(pending, null);
    // Half of the undecided ones are never decided; the others may still be done.
    if (pick % 8 === 0) waiting = waiting.filter((each) => each !== pending);
  }

  const expire = () => void commit([{ kind: 'expireHolds' }]);

  for (const action of actions) {
    now += action.ticks;
    if (action.kind === 'send') send(action);
    else ({ decide: work, search, answer, lose, expire })[action.kind](action.pick);
  }
  while (waiting.some(({ question }) => question.kind !== 'search')) work(now++);
  while (waiting.length > 0) search(now++);
  while (inFlight.length > 0) answer(now++);

  const reference = { events: new Map(events), commits, keysRemembered: 100_000 };
  return { history: { requests, dropped: 0 }, reference, states };
}

/** What a client asks for, from what it was answered before. */
function questionOf(
  { verb, event, quantity, key, pick }: Action,
  requests: readonly RecordedRequest[],
  eventsCount: number,
): Question {
  // Sometimes an event that does not exist.
  const eventId = event === 9 ? 'nowhere' : `e${event % eventsCount}`;
  const customer = `c${pick % 3}`;
  const keyed = key === 0 ? {} : { key: `k${key}` };
  const buy: Question = { kind: 'buy', eventId, customer, quantity, ...keyed };
  const answers = requests.flatMap(({ answer }) => answer ?? []);
  const holds = answers.filter((answer): answer is HeldAnswer => 'holdId' in answer);
  const orders = answers.filter((answer): answer is SoldAnswer => 'serials' in answer);
  const order = orders[pick % Math.max(1, orders.length)];
  switch (verb) {
    case 'buy':
      return buy;
    case 'hold':
      return { ...buy, kind: 'hold' };
    case 'confirm':
    case 'release': {
      if (event === 9) return { kind: verb, holdId: 'h-none' };
      // The newest ones are the most likely to be there still.
      const { holdId } = holds.at(-1 - (pick % 2)) ?? holds.at(-1) ?? {};
      return holdId === undefined ? { ...buy, kind: 'hold' } : { kind: verb, holdId };
    }
    case 'cancel':
      return order === undefined
        ? buy
        : { kind: 'cancel', eventId: order.eventId, serials: order.serials };
    case 'admit': {
      if (event === 9) return { kind: 'admit', eventId: 'e0', serial: 1 + (pick % 9), ...keyed };
      const serial = order?.serials[pick % order.serials.length];
      if (order === undefined || serial === undefined) return buy;
      return { kind: 'admit', eventId: order.eventId, serial, ...keyed };
    }
    case 'saveEvent': {
      const { remaining: _r, issued: _i, revision: _v, ...details } = anEvent(1 + (pick % 9));
      const saved: EventDetails = { ...details, name: `by ${customer}` };
      const id = event > 7 ? 'new' : eventId;
      const seen = pick % 3;
      return { kind: verb, eventId: id, event: saved, ...(seen > 0 && { revision: seen }) };
    }
    case 'removeEvent':
      return { kind: verb, eventId: pick % 2 === 0 ? 'new' : eventId };
    case 'search':
      return { kind: 'search' };
  }
}

/** What a ledger contains of an outcome. */
function opsOf(outcome: Outcome): ReferenceOp[] {
  const key = 'key' in outcome && outcome.key !== undefined ? { key: outcome.key } : {};
  switch (outcome.kind) {
    case 'sold': {
      const {
        eventId: event,
        customer,
        quantity,
        serials,
        remaining: left,
        total,
        holdId,
      } = outcome;
      const [first = 0] = serials;
      const hold = holdId === undefined ? {} : { hold: holdId };
      const price = total && { total: [total.amount, total.currency] as const };
      return [{ event, customer, quantity, first, left, ...price, ...hold, ...key }];
    }
    case 'held': {
      const { holdId: hold, eventId: event, customer, quantity, remaining: left, until } = outcome;
      const total = [outcome.total?.amount ?? 0, outcome.total?.currency ?? ''] as const;
      return [{ op: 'hold', hold, event, customer, quantity, left, total, until, ...key }];
    }
    case 'released': {
      const { holdId: hold, eventId: event, quantity, remaining: left } = outcome;
      return [{ op: 'release', hold, event, quantity, left }];
    }
    case 'cancelled': {
      const { eventId: event, serials, remaining: left } = outcome;
      return [{ op: 'cancel', event, first: serials[0] ?? 0, quantity: serials.length, left }];
    }
    case 'admitted': {
      const { eventId: event, serial, door } = outcome;
      return [{ op: 'admit', event, serial, door, ...key }];
    }
    case 'saved': {
      const {
        remaining: _r,
        issued: _i,
        revision,
        cancelled: _c,
        admitted: _a,
        ...details
      } = outcome.event;
      return [{ op: 'save', event: outcome.eventId, revision, details }];
    }
    case 'removed':
      return [{ op: 'remove', event: outcome.eventId }];
    default:
      return [];
  }
}
