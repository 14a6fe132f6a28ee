import type { z } from 'zod';
import type * as http from '../http/schemas.js';

export type SearchAnswer = z.infer<typeof http.searchAnswer>;
export type TicketEvent = SearchAnswer['events'][number];
export type Sale = z.infer<typeof http.sale>;
export type BuyOrder = z.infer<typeof http.buyBody>;
export type WorkersAnswer = z.infer<typeof http.workersAnswer>;
export type WorkerStatus = WorkersAnswer['workers'][number];
export type VerdictAnswer = z.infer<typeof http.verdictAnswer>;
export type LedgerAnswer = z.infer<typeof http.ledgerAnswer>;
export type LedgerLine = LedgerAnswer['lines'][number];

/** The result of a buy. */
export type BuyResult =
  | { readonly kind: 'sold'; readonly sale: Sale }
  | { readonly kind: 'soldOut'; readonly remaining: number }
  /** Nothing was sold; a retry may succeed. */
  | { readonly kind: 'busy'; readonly title: string }
  /** Nothing was sold; a retry will not help. */
  | { readonly kind: 'refused'; readonly title: string }
  /** No answer: the tickets may have been sold or not. */
  | { readonly kind: 'unknown' };

/** The server answered with an error. The message is the problem's detail or title. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
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
 * Fetches JSON.
 *
 * @throws HttpError for an answer that is an error, UnreachableError if none came
 */
export async function fetchJson<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
    if (response.ok) return (await response.json()) as Answer;
  } catch (error) {
    throw new UnreachableError(error);
  }
  const { title, detail } = await readProblem(response);
  throw new HttpError(response.status, detail ?? title);
}

/** Buys tickets. A buy that is repeated with the same idempotency key is sold only once. */
export async function buy(order: BuyOrder, key: string | undefined): Promise<BuyResult> {
  let response: Response;
  try {
    response = await fetch('/buy', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 201) return { kind: 'sold', sale: (await response.json()) as Sale };
  } catch {
    return { kind: 'unknown' };
  }
  if (response.status === 409) {
    const { remaining } = (await response.json()) as { remaining: number };
    return { kind: 'soldOut', remaining };
  }
  const { title } = await readProblem(response);
  if (response.status < 500 || response.status === 501) return { kind: 'refused', title };
  // The server states it when it is certain; after any other 5xx the result is unknown.
  return title.endsWith('nothing was sold') ? { kind: 'busy', title } : { kind: 'unknown' };
}

async function readProblem(response: Response): Promise<{ title: string; detail?: string }> {
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  return { ...problem, title: problem.title ?? `${response.status} ${response.statusText}` };
}
