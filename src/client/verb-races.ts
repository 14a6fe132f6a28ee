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
  const wanted = Math.max(1, Math.floor(clients / 2));
  const holding = customers(setup)
    .slice(0, wanted)
    .map((customer) => holdRequest(setup, customer));
  const held = (await crowd(setup, holding)).filter(({ status }) => status === 201);
  const last = held.at(-1)?.body.expiresAt;
  if (last === undefined) throw new UserError('no ticket could be held: is the event on sale?');
  const waitMs = Date.parse(last) - Date.now();
  if (waitMs > HOLD_MS_MAX) {
    const seconds = Math.ceil(waitMs / 1000);
    throw new UserError(
      `the server holds tickets for ${seconds} s, and a race waits ${HOLD_MS_MAX / 1000} s at most: start it with HOLD_SECONDS=5`,
    );
  }
  const confirming = held.map(({ body: { holdId } }): ClientRequest => {
    const path = `/holds/${holdId}/confirm`;
    return { method: 'POST', path, question: { kind: 'confirm', holdId } };
  });
  const buying = held.map((_, index): ClientRequest => {
    const body = { eventId, customer: `late buyer ${index + 1}`, quantity: 1 };
    return { method: 'POST', path: '/buy', body, question: { kind: 'buy', ...body } };
  });
  // Half of the confirmations are sent before the time is over, and half after it.
  const half = Math.ceil(confirming.length / 2);
  const until = (ms: number) => async () => void (await sleep(Math.max(0, waitUntil(last) + ms)));
  const answers = await Promise.all([
    sendAtOnce(url, confirming.slice(0, half), { recorder }, until(-LEAD_MS)),
    sendAtOnce(url, [...confirming.slice(half), ...buying], { recorder }, until(0)),
  ]);
  await sleep(RELEASE_MS);
  const after = await setup.remaining();
  const [early = [], atTheEnd = []] = answers;
  const confirms = [...early, ...atTheEnd.slice(0, confirming.length - half)];
  const buys = atTheEnd.slice(confirming.length - half);
  const [confirmed, late] = [count(confirms, 201), count(confirms, 410)];
  const [bought, refused] = [count(buys, 201), count(buys, 409)];
  const serials = [...confirms, ...buys].flatMap(({ status, body }) =>
    status === 201 ? (body.serials as number[]) : [],
  );
  const soldTwice = serials.length - new Set(serials).size;
  const unknown = confirms.length + buys.length - confirmed - late - bought - refused;
  return {
    ...judgeConfirmations({ before, confirmed, late, bought, soldTwice, after, unknown }),
    rows: [
      ['tickets', before],
      ['held', held.length],
      ['told "confirmed"', confirmed],
      ['told "expired"', late],
      ['told "sold"', bought],
      ['told "sold out"', refused],
      ['serials given', new Set(serials).size],
      ['recorded as left', after],
    ],
  };
}

/** How long before their end the first holds are confirmed. */
const LEAD_MS = 1_000;

const waitUntil = (time: string): number => Date.parse(time) - Date.now();

/** Many clients cancel one order: its tickets are put back on sale twice. */
async function raceToCancel(setup: RaceSetup): Promise<VerbRaceResult> {
  const order = await buyOne(setup, Math.min(10, Math.max(1, await setup.remaining())));
  const before = await setup.remaining();
  const { orderId, eventId, serials, quantity } = order;
  const request: ClientRequest = {
    method: 'POST',
    path: `/orders/${orderId}/cancel`,
    question: { kind: 'cancel', orderId, eventId, serials },
  };
  const answers = await crowd(setup, Array(setup.clients).fill(request));
  const after = await setup.remaining();
  const cancelled = count(answers, 200);
  const unknown = answers.length - cancelled;
  return {
    ...judgeCancellations({ before, quantity, cancelled, after, unknown }),
    rows: [
      ['tickets of the order', quantity],
      ['told "cancelled"', cancelled],
      ['put back on sale', after - before],
    ],
  };
}

/** Many doors scan one ticket: two let somebody in. */
async function raceToAdmit(setup: RaceSetup): Promise<VerbRaceResult> {
  const { orderId, eventId, serials } = await buyOne(setup, 1);
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
  const answers = await crowd(setup, Array(setup.clients).fill(request));
  requireOperator(answers);
  const [admitted, refused] = [count(answers, 201), count(answers, 409)];
  const unknown = answers.length - admitted - refused;
  return {
    ...judgeAdmissions({ admitted, refused, unknown }),
    rows: [
      ['tickets', 1],
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
  readonly quantity: number;
}

/** Buys what the race is about. */
async function buyOne(setup: RaceSetup, quantity: number): Promise<BoughtOrder> {
  const body = { eventId: setup.eventId, customer: 'racer', quantity };
  const question = { kind: 'buy', ...body } as const;
  const [answer] = await crowd(setup, [{ method: 'POST', path: '/buy', body, question }]);
  if (answer?.status === 201) return answer.body;
  throw new UserError(`the race could not buy its ticket: ${answer?.why}`);
}

const authorization = ({ adminToken }: RaceSetup): Record<string, string> =>
  adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };

/** @throws UserError if the server takes this client for no operator */
function requireOperator(answers: readonly ClientAnswer[]): void {
  if (!answers.some(({ status }) => status === 401 || status === 403)) return;
  throw new UserError('the server takes this client for no operator: set ADMIN_TOKEN to its token');
}

const count = (answers: readonly ClientAnswer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
