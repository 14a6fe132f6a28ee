import fc from 'fast-check';
import {
  decideWithKeys,
  type KeyedOutcome,
  type KeyedSale,
  sameBuy,
} from '../../src/booking/idempotency.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy, Sold } from '../../src/booking/outcomes.js';
import type { Answer, History, RecordedRequest } from '../../src/verdict/recorded-request.js';
import type { ReferenceCommit, ReferenceLog, SoldOp } from '../../src/verdict/reference-log.js';
import { anEvent } from '../support/folder.js';

/** What happens next: somebody asks, the office works, somebody is answered or gives up. */
interface Move {
  readonly act: 'send' | 'sell' | 'look' | 'answer' | 'lose';
  /** Which of those that it could happen to. */
  readonly pick: number;
  /** 0: at the very moment of the move before it. */
  readonly ticks: number;
  readonly search: boolean;
  readonly event: number;
  readonly quantity: number;
  /** 0 for none. */
  readonly key: number;
}

export interface Script {
  readonly capacities: readonly number[];
  readonly inFlightMax: number;
  readonly moves: readonly Move[];
}

/** Random scripts; with 8 in flight the interleavings are as wild as the moves. */
export const scripts = (eventsMax: number): fc.Arbitrary<Script> =>
  fc.record({
    capacities: fc.array(fc.integer({ min: 2, max: 7 }), { minLength: 1, maxLength: eventsMax }),
    inFlightMax: fc.integer({ min: 1, max: 8 }),
    moves: fc.array(
      fc.record({
        act: fc.constantFrom('send', 'send', 'sell', 'look', 'answer', 'answer', 'answer', 'lose'),
        pick: fc.nat(999),
        ticks: fc.nat(2),
        search: fc.nat(3).map((number) => number === 0),
        event: fc.nat(9),
        quantity: fc.integer({ min: 1, max: 3 }),
        key: fc.nat(9).map((number) => Math.max(0, number - 5)),
      }),
      { minLength: 20, maxLength: 70, size: 'max' },
    ),
  });

/** What a script came to: the history, the witness, and the state at every version. */
export interface Played {
  readonly history: History;
  readonly reference: ReferenceLog;
  readonly states: readonly TicketState[];
}

interface Pending {
  readonly id: string;
  readonly sentAt: number;
  readonly question: RecordedRequest['question'];
  /** Ready to be told. */
  ready?: Answer;
}

/**
 * A correct office in memory, driven by a script. Every buy is decided at one moment between its
 * question and its answer, in batches, by the real `decide`; so its histories are linearizable.
 */
export function play({ capacities, inFlightMax, moves }: Script): Played {
  const events = capacities.map((capacity, index) => [`e${index}`, anEvent(capacity)] as const);
  let state: TicketState = { version: 0, events: Object.fromEntries(events) };
  const states = [state];
  const commits: ReferenceCommit[] = [];
  const keys = new Map<string, KeyedSale<Sold>>();
  const requests: RecordedRequest[] = [];
  const inFlight: Pending[] = [];
  /** With the office and not decided; the client of one may have given up. */
  let waiting: Pending[] = [];
  let now = 0;

  function send({ search, event, quantity, key, pick }: Move): void {
    if (inFlight.length >= inFlightMax) return;
    const id = `${requests.length + inFlight.length + 1}`;
    // Now and then the event that does not exist.
    const eventId = event === 9 ? 'nowhere' : `e${event % capacities.length}`;
    const customer = `c${pick % 3}`;
    const buy = { kind: 'buy', eventId, customer, quantity } as const;
    const question = search
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
    const buys = batch.map(({ question: { kind: _, ...buy } }) => buy as Buy);
    const { outcomes, sells, after, version } = decideWithKeys(state, buys, (key) => keys.get(key));
    const sold = new Set(outcomes.filter((outcome) => outcome.kind === 'sold'));
    if (sells) commits.push({ version, ops: [...sold].map(opOf) });
    if (sells) states.push(after);
    state = after;
    for (const sale of sold) {
      if (sale.key === undefined) continue;
      keys.set(sale.key, { sale, matches: (buy) => sameBuy(sale, buy) });
    }
    for (const [index, pending] of batch.entries()) {
      pending.ready = answerOf(outcomes[index] as KeyedOutcome<Sold>);
    }
    waiting = waiting.filter((pending) => !batch.includes(pending));
  }

  function look(pick: number): void {
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
    if (pick % 4 !== 0) return; // else too few are told anything
    const pending = inFlight[pick % Math.max(1, inFlight.length)];
    end(pending, null);
    // Half of those that were not decided never will be; the others may sell yet.
    if (pick % 8 === 0) waiting = waiting.filter((each) => each !== pending);
  }

  for (const move of moves) {
    now += move.ticks;
    if (move.act === 'send') send(move);
    else ({ sell, look, answer, lose })[move.act](move.pick);
  }
  while (waiting.some(({ question }) => question.kind === 'buy')) sell(now++);
  while (waiting.length > 0) look(now++);
  while (inFlight.length > 0) answer(now++);

  const reference = {
    capacities: new Map(events.map(([id, { capacity }]) => [id, capacity])),
    commits,
    keysRemembered: 100_000,
  };
  return { history: { requests, dropped: 0 }, reference, states };
}

/** A search of everything, as it is answered from a state. */
export const foundIn = ({ version, events }: TicketState): Answer => ({
  status: 200,
  version,
  events: Object.entries(events).map(([id, { remaining }]) => ({ id, remaining })),
});

function answerOf(outcome: KeyedOutcome<Sold>): Answer {
  switch (outcome.kind) {
    case 'replayed':
      return answerOf(outcome.sale);
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
  }
}

function opOf({ eventId, customer, quantity, serials, remaining, key }: Sold): SoldOp {
  const [first = 0] = serials;
  const op = { event: eventId, customer, quantity, first, left: remaining };
  return key === undefined ? op : { ...op, key };
}
