import { UserError } from '../../user-error.js';
import type { Recorder } from '../recorder.js';
import { type ClientAnswer, type ClientRequest, sendAtOnce } from '../send-at-once.js';
import type { VerbRuling } from '../verb-results.js';

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

/**
 * How often an order is cancelled by a crowd, or a ticket scanned: each is over with the first write, so that a
 * crowd that comes a little apart may miss it.
 */
export const ROUNDS = 5;

/** Sends all requests of a race in one moment. */
export const crowd = ({ url, recorder }: RaceSetup, requests: readonly ClientRequest[]) =>
  sendAtOnce(url, requests, { recorder });

/** A name for each client. */
export const customers = ({ clients }: RaceSetup): string[] =>
  Array.from({ length: clients }, (_, index) => `buyer ${index + 1}`);

/** A request to hold one ticket. */
export function holdRequest({ eventId }: RaceSetup, customer: string): ClientRequest {
  const body = { eventId, customer, quantity: 1 };
  return { method: 'POST', path: '/holds', body, question: { kind: 'hold', ...body } };
}

interface BoughtOrder {
  readonly orderId: string;
  readonly eventId: string;
  readonly serials: number[];
}

/** Buys what the race is about: an order for each round. */
export async function buyOrders(setup: RaceSetup, quantity: number): Promise<BoughtOrder[]> {
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
export const clientsOfRound = ({ clients }: RaceSetup): number =>
  Math.max(2, Math.ceil(clients / ROUNDS));

/** The headers of an operator. */
export const authorization = ({ adminToken }: RaceSetup): Record<string, string> =>
  adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };

/** @throws UserError if the server takes this client for no operator */
export function requireOperator(answers: readonly ClientAnswer[]): void {
  if (!answers.some(({ status }) => status === 401 || status === 403)) return;
  throw new UserError('the server takes this client for no operator: set ADMIN_TOKEN to its token');
}

/** The serials that were given. */
export const serialsOf = (answers: readonly ClientAnswer[]): number[] =>
  answers.flatMap(({ status, body }) => (status === 201 ? (body.serials as number[]) : []));

/** How many answers have this status. */
export const count = (answers: readonly ClientAnswer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
