import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../user-error.js';
import type { Recorder } from './recorder.js';
import { type ClientAnswer, type ClientRequest, sendAtOnce } from './send-at-once.js';
import {
  judgeAdmissions,
  judgeCancellations,
  judgeConfirmations,
  judgeEdits,
  judgeHolds,
  type VerbRuling,
} from './verb-results.js';

/** Where a race runs, and with how many clients. */
export interface RaceSetup {
  readonly url: URL;
  readonly eventId: string;
  readonly clients: number;
  readonly recorder: Recorder;
  /** Sent by doors and editors; on the server's own machine there may be none. */
  readonly adminToken?: string | undefined;
  /** Tickets on sale now. */
  remaining(): Promise<number>;
  /** The JSON of a `GET`. */
  // biome-ignore lint/suspicious/noExplicitAny: each race names the members that it uses
  get(path: string): Promise<any>;
}

/** What the clients were told against what the server has: rows for people, and the ruling. */
export interface VerbRaceResult extends VerbRuling {
  readonly rows: readonly (readonly [name: string, value: string | number])[];
}

export type VerbRace = (setup: RaceSetup) => Promise<VerbRaceResult>;

/** The longest time of a hold that a race waits for. */
const HOLD_MS_MAX = 60_000;

/** One process releases holds within a second after their time. */
const RELEASE_MS = 2_000;

/** Holds that are made one after the other, and confirmed. */
const HOLDS_MAX = 20;

/** How long before their end holds are confirmed that do not race. */
const LEAD_MS = 1_000;

/**
 * How long before their end the others are, and their buyers come: a request is decided some milliseconds later,
 * more with a race window, and both must have read before either writes.
 */
const RACE_LEADS_MS = [
  { confirm: 2, buy: 0 },
  { confirm: 4, buy: 0 },
  { confirm: 7, buy: 0 },
  { confirm: 10, buy: 2 },
  { confirm: 13, buy: 3 },
  { confirm: 16, buy: 5 },
  { confirm: 20, buy: 8 },
  { confirm: 24, buy: 10 },
] as const;

/**
 * How often an order is cancelled by a crowd, or a ticket scanned: each is over with the first write, so that a
 * crowd that comes a little apart may miss it.
 */
const ROUNDS = 5;

/** Tickets of an order that is cancelled. */
const TICKETS_MAX = 10;

/** A server serves this many cancellations of one client at once in each worker. */
const CANCELLATIONS_MAX = 30;

const EDITORS_MAX = 20;

/** The races of all verbs but `buy`, which the command has itself. */
export const verbRaces = {
  hold: raceToHold,
  confirm: raceToConfirm,
  cancel: raceToCancel,
  admit: raceToAdmit,
  edit: raceToEdit,
} as const satisfies Readonly<Record<string, VerbRace>>;

/** Many buyers hold one ticket each: two hold the last one. */
async function raceToHold(setup: RaceSetup): Promise<VerbRaceResult> {
  const before = await setup.remaining();
  const answers = await crowd(
    setup,
    customers(setup).map((customer) => holdRequest(setup, customer)),
  );
  const after = await setup.remaining();
  const [held, refused] = [count(answers, 201), count(answers, 409)];
  const unknown = answers.length - held - refused;
  return {
    ...judgeHolds({ before, held, refused, after, unknown }),
    rows: [
      ['tickets', before],
      ['told "held"', held],
      ['told "sold out"', refused],
      ['recorded as left', after],
    ],
  };
}

/** Holds are confirmed in the moment when their time is over, and others buy: a paid ticket is sold again. */
async function raceToConfirm(setup: RaceSetup): Promise<VerbRaceResult> {
  const { eventId, clients, recorder, url } = setup;
  const before = await setup.remaining();
  const wanted = Math.min(HOLDS_MAX, Math.max(1, Math.floor(clients / 2)));
  const held = await holdOneByOne(setup, wanted);
  const last = held.at(-1);
  if (last === undefined) throw new UserError('no ticket could be held: is the event on sale?');
  const waitMs = last.until - Date.now();
  if (waitMs > HOLD_MS_MAX) {
    const seconds = Math.ceil(waitMs / 1000);
    throw new UserError(
      `the server holds tickets for ${seconds} s, and a race waits ${HOLD_MS_MAX / 1000} s at most: start it with HOLD_SECONDS=5`,
    );
  }
  // Every second hold is confirmed long before its end. The others race with a buyer each.
  const leadsOf = (index: number) =>
    RACE_LEADS_MS[Math.floor(index / 2) % RACE_LEADS_MS.length] ?? RACE_LEADS_MS[0];
  const confirming = held.map(({ holdId, until }, index): ClientRequest => {
    const leadMs = index % 2 === 0 ? LEAD_MS : leadsOf(index).confirm;
    const path = `/holds/${holdId}/confirm`;
    return { method: 'POST', path, question: { kind: 'confirm', holdId }, at: until - leadMs };
  });
  const buying = held.map(({ until }, index): ClientRequest => {
    const body = { eventId, customer: `late buyer ${index + 1}`, quantity: 1 };
    const at = until - leadsOf(index).buy;
    return { method: 'POST', path: '/buy', body, question: { kind: 'buy', ...body }, at };
  });
  const answers = await sendAtOnce(url, [...confirming, ...buying], { recorder });
  await sleep(RELEASE_MS);
  const after = await setup.remaining();
  const confirms = answers.slice(0, confirming.length);
  const buys = answers.slice(confirming.length);
  const [confirmed, late] = [count(confirms, 201), count(confirms, 410)];
  const [bought, refused] = [count(buys, 201), count(buys, 409)];
  const [paid, sold] = [serialsOf(confirms), serialsOf(buys)];
  const serials = [...paid, ...sold];
  const soldAgain = paid.filter((serial) => sold.includes(serial)).length;
  const soldTwice = serials.length - new Set(serials).size;
  const unknown = answers.length - confirmed - late - bought - refused;
  return {
    ...judgeConfirmations({
      before,
      confirmed,
      late,
      bought,
      soldTwice,
      soldAgain,
      after,
      unknown,
    }),
    rows: [
      ['tickets', before],
      ['held', held.length],
      ['told "confirmed"', confirmed],
      ['told "expired"', late],
      ['told "sold"', bought],
      ['told "sold out"', refused],
      ['paid and sold again', soldAgain],
      ['serials given', new Set(serials).size],
      ['recorded as left', after],
    ],
  };
}

/** One after the other: without a lock, holds of a crowd would be lost before the race. */
async function holdOneByOne(
  setup: RaceSetup,
  wanted: number,
): Promise<{ readonly holdId: string; readonly until: number }[]> {
  const held: { holdId: string; until: number }[] = [];
  for (const customer of customers(setup).slice(0, wanted)) {
    const [answer] = await crowd(setup, [holdRequest(setup, customer)]);
    if (answer?.status !== 201) break;
    const { holdId, expiresAt } = answer.body;
    held.push({ holdId, until: Date.parse(expiresAt) });
  }
  return held;
}

/** Many clients cancel one order, several times: its tickets are put back on sale twice. */
async function raceToCancel(setup: RaceSetup): Promise<VerbRaceResult> {
  const each = Math.min(TICKETS_MAX, Math.max(1, Math.floor((await setup.remaining()) / ROUNDS)));
  const orders = await buyOrders(setup, each);
  const before = await setup.remaining();
  const clients = Math.min(CANCELLATIONS_MAX, clientsOfRound(setup));
  const answers: ClientAnswer[] = [];
  for (const { orderId, eventId, serials } of orders) {
    const request: ClientRequest = {
      method: 'POST',
      path: `/orders/${orderId}/cancel`,
      question: { kind: 'cancel', orderId, eventId, serials },
    };
    answers.push(...(await crowd(setup, Array(clients).fill(request))));
  }
  const after = await setup.remaining();
  const cancelled = count(answers, 200);
  const unknown = answers.length - cancelled;
  const quantity = each * orders.length;
  return {
    ...judgeCancellations({ before, quantity, orders: orders.length, cancelled, after, unknown }),
    rows: [
      ['orders', orders.length],
      ['tickets of them', quantity],
      ['told "cancelled"', cancelled],
      ['put back on sale', after - before],
    ],
  };
}

/** Many doors scan one ticket, several times: two let somebody in. */
async function raceToAdmit(setup: RaceSetup): Promise<VerbRaceResult> {
  const orders = await buyOrders(setup, 1);
  const answers: ClientAnswer[] = [];
  for (const { orderId, eventId, serials } of orders) {
    const { tickets } = await setup.get(`/orders/${orderId}`);
    const code = tickets?.[0]?.code;
    if (typeof code !== 'string') throw new UserError('this server gives its tickets no codes');
    const request: ClientRequest = {
      method: 'POST',
      path: '/admissions',
      body: { code },
      headers: authorization(setup),
      question: { kind: 'admit', eventId, serial: serials[0] ?? 0 },
    };
    answers.push(...(await crowd(setup, Array(clientsOfRound(setup)).fill(request))));
  }
  requireOperator(answers);
  const [admitted, refused] = [count(answers, 201), count(answers, 409)];
  const unknown = answers.length - admitted - refused;
  return {
    ...judgeAdmissions({ tickets: orders.length, admitted, refused, unknown }),
    rows: [
      ['tickets', orders.length],
      ['told "come in"', admitted],
      ['told "already in"', refused],
    ],
  };
}

/** Editors change one revision of an event while a crowd buys: an edit is lost, or sales are. */
async function raceToEdit(setup: RaceSetup): Promise<VerbRaceResult> {
  const { eventId, clients } = setup;
  const { id: _, remaining, revision, ...details } = await setup.get(`/events/${eventId}`);
  const taken = details.capacity - remaining;
  const editors = Math.min(EDITORS_MAX, Math.max(2, Math.floor(clients / 10)));
  const edits = Array.from({ length: editors }, (_each, index): ClientRequest => {
    const event = { ...details, capacity: details.capacity + index + 1 };
    return {
      method: 'PUT',
      path: `/events/${eventId}`,
      body: event,
      headers: { 'if-match': `"${revision}"`, ...authorization(setup) },
      question: { kind: 'saveEvent', eventId, event, revision },
    };
  });
  const buys = customers(setup).map((customer): ClientRequest => {
    const body = { eventId, customer, quantity: 1 };
    return { method: 'POST', path: '/buy', body, question: { kind: 'buy', ...body } };
  });
  const half = Math.floor(buys.length / 2);
  const answers = await crowd(setup, [...buys.slice(0, half), ...edits, ...buys.slice(half)]);
  const ofEdits = answers.slice(half, half + editors);
  requireOperator(ofEdits);
  const ofBuys = [...answers.slice(0, half), ...answers.slice(half + editors)];
  const after = await setup.get(`/events/${eventId}`);
  const saved = ofEdits.flatMap(({ status }, index) =>
    status === 200 ? [details.capacity + index + 1] : [],
  );
  const [sold, refused] = [count(ofBuys, 201), count(ofEdits, 412)];
  const known = sold + count(ofBuys, 409) + saved.length + refused;
  const unknown = answers.length - known;
  const { capacity } = after;
  const revisions = after.revision - revision;
  return {
    ...judgeEdits({
      taken,
      sold,
      saved,
      refused,
      revisions,
      capacity,
      remaining: after.remaining,
      unknown,
    }),
    rows: [
      ['editors told "saved"', saved.length],
      ['editors told "412"', refused],
      ['buyers told "sold"', sold],
      ['tickets of the event', `${details.capacity} before, ${capacity} after`],
      ['recorded as sold', `${taken} before, ${capacity - after.remaining} after`],
    ],
  };
}

const crowd = ({ url, recorder }: RaceSetup, requests: readonly ClientRequest[]) =>
  sendAtOnce(url, requests, { recorder });

const customers = ({ clients }: RaceSetup): string[] =>
  Array.from({ length: clients }, (_, index) => `buyer ${index + 1}`);

function holdRequest({ eventId }: RaceSetup, customer: string): ClientRequest {
  const body = { eventId, customer, quantity: 1 };
  return { method: 'POST', path: '/holds', body, question: { kind: 'hold', ...body } };
}

interface BoughtOrder {
  readonly orderId: string;
  readonly eventId: string;
  readonly serials: number[];
}

/** Buys what the race is about: an order for each round. */
async function buyOrders(setup: RaceSetup, quantity: number): Promise<BoughtOrder[]> {
  const body = { eventId: setup.eventId, customer: 'racer', quantity };
  const question = { kind: 'buy', ...body } as const;
  const orders: BoughtOrder[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [answer] = await crowd(setup, [{ method: 'POST', path: '/buy', body, question }]);
    if (answer?.status === 201) orders.push(answer.body);
    else if (round === 0) throw new UserError(`the race could not buy its ticket: ${answer?.why}`);
  }
  return orders;
}

/** The clients of all rounds together are those of the race. */
const clientsOfRound = ({ clients }: RaceSetup): number => Math.max(2, Math.ceil(clients / ROUNDS));

const authorization = ({ adminToken }: RaceSetup): Record<string, string> =>
  adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };

/** @throws UserError if the server takes this client for no operator */
function requireOperator(answers: readonly ClientAnswer[]): void {
  if (!answers.some(({ status }) => status === 401 || status === 403)) return;
  throw new UserError('the server takes this client for no operator: set ADMIN_TOKEN to its token');
}

const serialsOf = (answers: readonly ClientAnswer[]): number[] =>
  answers.flatMap(({ status, body }) => (status === 201 ? (body.serials as number[]) : []));

const count = (answers: readonly ClientAnswer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
