import fc from 'fast-check';
import type { Buy } from '../../src/booking/commands.js';
import {
  decideWithKeys,
  type KeyedOutcome,
  type KeyedResult,
  requestOf,
} from '../../src/booking/idempotency.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Sold } from '../../src/booking/outcomes.js';
import type { Answer, History, RecordedRequest } from '../../src/verdict/recorded-request.js';
import type { ReferenceCommit, ReferenceLog, SoldOp } from '../../src/verdict/reference-log.js';
import { anEvent } from '../support/folder.js';

/** The next action: a client sends, the server works, or a client is answered or gives up. */
interface Action {
  readonly kind: 'send' | 'sell' | 'search' | 'answer' | 'lose';
  /** Selects one of the requests that the action could apply to. */
  readonly pick: number;
  /** Time since the previous action; 0: at the same moment. */
  readonly ticks: number;
  readonly isSearch: boolean;
  readonly event: number;
  readonly quantity: number;
  /** 0 for none. */
  readonly key: number;
}

export interface Script {
  readonly capacities: readonly number[];
  readonly inFlightMax: number;
  readonly actions: readonly Action[];
}

/** Random scripts, with up to 8 requests in flight. */
export const scripts = (eventsMax: number): fc.Arbitrary<Script> =>
  fc.record({
    capacities: fc.array(fc.integer({ min: 2, max: 7 }), { minLength: 1, maxLength: eventsMax }),
    inFlightMax: fc.integer({ min: 1, max: 8 }),
    actions: fc.array(
      fc.record({
        kind: fc.constantFrom(
          'send',
          'send',
          'sell',
          'search',
          'answer',
          'answer',
          'answer',
          'lose',
        ),
        pick: fc.nat(999),
        ticks: fc.nat(2),
        isSearch: fc.nat(3).map((number) => number === 0),
        event: fc.nat(9),
        quantity: fc.integer({ min: 1, max: 3 }),
        key: fc.nat(9).map((number) => Math.max(0, number - 5)),
      }),
      { minLength: 20, maxLength: 70, size: 'max' },
    ),
  });

/** No hold expires in a script, and every event is on sale. */
const NOW = '2027-01-01T00:00:00.000Z';

/** The result of a script: the history, the reference log, and the state at every version. */
export interface Played {
  readonly history: History;
  readonly reference: ReferenceLog;
  readonly states: readonly TicketState[];
}

interface Pending {
  readonly id: string;
  readonly sentAt: number;
  readonly question: RecordedRequest['question'];
  /** The answer, once the server has decided. */
  ready?: Answer;
}

/**
 * A correct server in memory, driven by a script. Every buy is decided at one moment between its
 * request and its answer, in batches, by the real `decide`; so its histories are linearizable.
 */
export function play({ capacities, inFlightMax, actions }: Script): Played {
  const events = capacities.map((capacity, index) => [`e${index}`, anEvent(capacity)] as const);
  let state: TicketState = { version: 0, events: Object.fromEntries(events) };
  const states = [state];
  const commits: ReferenceCommit[] = [];
  const keys = new Map<string, KeyedResult<Sold>>();
  const requests: RecordedRequest[] = [];
  const inFlight: Pending[] = [];
  /** Received by the server and not decided; the client may have given up. */
  let waiting: Pending[] = [];
  let now = 0;

  function send({ isSearch, event, quantity, key, pick }: Action): void {
    if (inFlight.length >= inFlightMax) return;
    const id = `${requests.length + inFlight.length + 1}`;
    // Sometimes an event that does not exist.
    const eventId = event === 9 ? 'nowhere' : `e${event % capacities.length}`;
    const customer = `c${pick % 3}`;
    const buy = { kind: 'buy', eventId, customer, quantity } as const;
    const question = isSearch
      ? ({ kind: 'search' } as const)
      : key === 0
        ? buy
        : { ...buy, key: `k${key}` };
    const pending = { id, sentAt: now, question };
    inFlight.push(pending);
    waiting.push(pending);
  }

  function sell(pick: number): void {
    const buyers = waiting.filter(({ question }) => question.kind === 'buy');
    const first = pick % Math.max(1, buyers.length);
    const batch = buyers.slice(first, first + 1 + (pick % 3));
    const buys = batch.map(({ question }) => question as Buy);
    const decision = decideWithKeys(state, buys, NOW, (key) => keys.get(key));
    const { outcomes, changes, after, version } = decision;
    const sold = new Set(outcomes.filter((outcome) => outcome.kind === 'sold'));
    if (changes) commits.push({ version, ops: [...sold].map(opOf) });
    if (changes) states.push(after);
    state = after;
    for (const sale of sold) {
      if (sale.key === undefined) continue;
      const asked = requestOf({ ...sale, kind: 'buy' });
      keys.set(sale.key, { earlier: sale, matches: (request) => requestOf(request) === asked });
    }
    for (const [index, pending] of batch.entries()) {
      pending.ready = answerOf(outcomes[index] as KeyedOutcome<Sold>);
    }
    waiting = waiting.filter((pending) => !batch.includes(pending));
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
    // Half of the undecided ones are never decided; the others may still sell.
    if (pick % 8 === 0) waiting = waiting.filter((each) => each !== pending);
  }

  for (const action of actions) {
    now += action.ticks;
    if (action.kind === 'send') send(action);
    else ({ sell, search, answer, lose })[action.kind](action.pick);
  }
  while (waiting.some(({ question }) => question.kind === 'buy')) sell(now++);
  while (waiting.length > 0) search(now++);
  while (inFlight.length > 0) answer(now++);

  const reference = {
    capacities: new Map(events.map(([id, { capacity }]) => [id, capacity])),
    commits,
    keysRemembered: 100_000,
  };
  return { history: { requests, dropped: 0 }, reference, states };
}

/** The answer to a search for all events in a state. */
export const foundIn = ({ version, events }: TicketState): Answer => ({
  status: 200,
  version,
  events: Object.entries(events).map(([id, { remaining }]) => ({ id, remaining })),
});

function answerOf(outcome: KeyedOutcome<Sold>): Answer {
  switch (outcome.kind) {
    case 'replayed':
      return answerOf(outcome.earlier);
    case 'sold': {
      const { eventId, customer, quantity, serials, remaining, version } = outcome;
      return {
        status: 201,
        eventId,
        customer,
        quantity,
        serials: [...serials],
        remaining,
        version,
      };
    }
    case 'soldOut':
      return { status: 409, requested: outcome.requested, remaining: outcome.remaining };
    case 'unknownEvent':
      return { status: 404 };
    case 'keyReused':
      return { status: 422 };
    default:
      throw new Error(`a buy was decided ${outcome.kind}`);
  }
}

function opOf({ eventId, customer, quantity, serials, remaining, key }: Sold): SoldOp {
  const [first = 0] = serials;
  const op = { event: eventId, customer, quantity, first, left: remaining };
  return key === undefined ? op : { ...op, key };
}
