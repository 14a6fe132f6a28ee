import type { z } from 'zod';
import type { Problem as ProblemAnswer } from '../http/problems.js';
import type * as http from '../http/schemas.js';
import { noteServerTime } from './server-clock.js';

export type SearchAnswer = z.infer<typeof http.searchAnswer>;
export type TicketEvent = SearchAnswer['events'][number];
export type Sale = z.infer<typeof http.sale>;
export type BuyOrder = z.infer<typeof http.buyBody>;
export type NewHold = z.infer<typeof http.newHold>;
export type OrderDetails = z.infer<typeof http.orderDetails>;
export type OrdersAnswer = z.infer<typeof http.ordersAnswer>;
export type SavedEvent = z.infer<typeof http.savedEvent>;
export type EventBody = z.infer<typeof http.eventBody>;
export type DoorAnswer = z.infer<typeof http.doorAnswer>;
export type DoorCode = z.infer<typeof http.doorCode>;
export type Admission = z.infer<typeof http.admission>;
export type WorkersAnswer = z.infer<typeof http.workersAnswer>;
export type WorkerStatus = WorkersAnswer['workers'][number];
export type VerdictAnswer = z.infer<typeof http.verdictAnswer>;
export type OutboxStatus = z.infer<typeof http.outboxAnswer>;
export type LedgerAnswer = z.infer<typeof http.ledgerAnswer>;
export type LedgerLine = LedgerAnswer['lines'][number];

/** Why the server did not do what it was asked (RFC 9457). */
export interface Problem extends Partial<ProblemAnswer> {
  readonly title: string;
  /** The last part of its `type`, such as `sold-out`; empty if the answer is no problem of ours. */
  readonly kind: string;
}

/** The server answered with an error. The message is the problem's detail or title. */
export class HttpError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer came at all. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('The office is not reachable. Is it running?', { cause });
  }
}

/** Whether the same request may succeed later. */
export const isTemporary = (error: unknown): boolean =>
  !(error instanceof HttpError) || error.status >= 500;

/** Longer than the server's own deadlines. */
const TIMEOUT_MS = 30_000;

/**
 * Sends a request.
 *
 * @throws HttpError for an answer that is an error, UnreachableError if none came
 */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  } catch (error) {
    throw new UnreachableError(error);
  }
  noteServerTime(response.headers.get('date'));
  if (response.ok) return response;
  throw new HttpError(response.status, await readProblem(response));
}

/**
 * Fetches JSON.
 *
 * @throws HttpError for an answer that is an error, UnreachableError if none came in full
 */
export async function fetchJson<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await request(path, init);
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    throw new UnreachableError(error);
  }
}

/** A POST of JSON. `key` is an idempotency key, `token` that of a door or an operator. */
export const post = (
  body?: object,
  { key, token }: { key?: string | undefined; token?: string | undefined } = {},
): RequestInit => ({
  method: 'POST',
  headers: {
    ...(body && { 'content-type': 'application/json' }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...bearer(token),
  },
  ...(body && { body: JSON.stringify(body) }),
});

/** The header that carries a token; none without one. */
export const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

async function readProblem(response: Response): Promise<Problem> {
  const answer = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer>;
  return {
    ...answer,
    title: answer.title ?? `${response.status} ${response.statusText}`.trim(),
    kind: /\/problems\/([\w-]+)$/.exec(answer.type ?? '')?.[1] ?? '',
  };
}
