import { z } from 'zod';

/** Every kind of problem: its HTTP status, and its title, which never changes. */
const kinds = {
  malformed: { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'Only an operator may ask that' },
  'door-only': { status: 401, title: 'Only a door or an operator may ask that' },
  'no-admin-token': { status: 403, title: 'Only an operator may ask that, and there is no token' },
  'no-ticket-key': { status: 403, title: 'This office has no key for the codes of tickets' },
  'wrong-door-code': { status: 403, title: 'This is not the code of now' },
  'lab-closed': { status: 403, title: 'The lab is open to this machine only' },
  'other-origin': { status: 403, title: 'Only a page of this office may ask that' },
  'unknown-event': { status: 404, title: 'There is no such event' },
  'unknown-order': { status: 404, title: 'There is no such order' },
  'unknown-hold': { status: 404, title: 'There is no such hold' },
  'unknown-ticket': { status: 404, title: 'There is no such ticket' },
  'unknown-problem': { status: 404, title: 'There is no such kind of problem' },
  'unknown-run': { status: 404, title: 'There is no such experiment' },
  'unknown-route': { status: 404, title: 'There is no such route' },
  'method-not-allowed': { status: 405, title: 'This route does not take this method' },
  'request-timeout': { status: 408, title: 'The request came too slowly' },
  'not-on-sale': { status: 409, title: 'The tickets are not on sale at this time' },
  'sold-out': { status: 409, title: 'Not enough tickets are left' },
  'hold-confirmed': { status: 409, title: 'The hold was confirmed: its tickets are sold' },
  'already-admitted': { status: 409, title: 'Somebody was let in with this ticket' },
  'capacity-too-small': { status: 409, title: 'More tickets than that are sold or held' },
  'event-in-use': { status: 409, title: 'Tickets of the event were sold or are held' },
  'no-webhook': { status: 409, title: 'This office has no webhook' },
  'step-impossible': { status: 409, title: 'The process cannot do that now' },
  'hold-expired': { status: 410, title: 'The time of the hold is over; nothing was sold' },
  'hold-released': { status: 410, title: 'The hold was released; nothing was sold' },
  'ticket-cancelled': { status: 410, title: 'The ticket was cancelled' },
  'revision-mismatch': { status: 412, title: 'Somebody else has changed the event' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'unknown-host': { status: 421, title: 'This office does not have that name' },
  'key-reused': { status: 422, title: 'The idempotency key was used for something else' },
  'precondition-required': {
    status: 428,
    title: 'Say which revision of the event you change, or that it is new',
  },
  'too-many-attempts': { status: 429, title: 'Too many wrong codes or tokens: wait a little' },
  'too-many-requests': { status: 429, title: 'This client asks too much at once' },
  'lab-limit': { status: 429, title: 'Too many experiments lately' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong here' },
  'not-supported': { status: 501, title: 'This store cannot do that' },
  busy: { status: 503, title: 'Too many buys wait already; nothing was sold' },
  'too-many-holds': { status: 503, title: 'Too many tickets are held already; nothing was held' },
  'outbox-full': { status: 503, title: 'Too many orders wait to be delivered once more' },
  'lab-busy': { status: 503, title: 'An experiment runs already: one at a time' },
  'lock-timeout': { status: 503, title: 'The lock was not granted in time; nothing was sold' },
  'lock-lost': { status: 503, title: 'The lock was lost before the sale; nothing was sold' },
  draining: { status: 503, title: 'This office is closing; nothing was sold' },
  'storage-unavailable': { status: 503, title: 'The ticket file is out of reach' },
  'database-unavailable': {
    status: 503,
    title: 'The database is out of reach; nothing was sold',
  },
  'commit-unknown': {
    status: 503,
    title: 'The database did not confirm the sale; whether it was sold is unknown',
  },
  unavailable: { status: 503, title: 'The server cannot read that now' },
  timeout: { status: 503, title: 'No answer in time; whether it was sold is unknown' },
} as const;

export type ProblemKind = keyof typeof kinds;

export const problemKinds = Object.keys(kinds) as ProblemKind[];

/** The members of a problem besides its type, title and status. */
export interface ProblemMembers {
  readonly detail?: string;
  readonly remaining?: number;
  readonly requested?: number;
  readonly salesFrom?: string | undefined;
  readonly salesUntil?: string | undefined;
  readonly orderId?: string;
  readonly serial?: number;
  readonly admittedAt?: string;
  readonly door?: string;
  readonly revision?: number;
  readonly taken?: number;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Seconds until a client should retry, unless it is told otherwise. */
const RETRY_AFTER_S = 1;

/** `application/problem+json`, RFC 9457. */
export const problem = z
  .object({
    type: z.string().meta({
      description: 'Stable: `/problems/` and the kind of problem, an address that explains it',
    }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    remaining: z.int().optional().meta({ description: 'Tickets left' }),
    requested: z.int().optional().meta({ description: 'Tickets requested' }),
    salesFrom: z.string().optional().meta({ description: 'When the sale begins' }),
    salesUntil: z.string().optional().meta({ description: 'When the sale ends' }),
    orderId: z.string().optional().meta({ description: 'The order of a hold that was confirmed' }),
    serial: z.int().optional().meta({ description: 'The ticket that somebody was let in with' }),
    admittedAt: z.string().optional().meta({ description: 'When somebody was let in' }),
    door: z.string().optional().meta({ description: 'By which door' }),
    revision: z
      .int()
      .optional()
      .meta({ description: 'The revision that the event has; 0 if there is none' }),
    taken: z.int().optional().meta({ description: 'Tickets that are sold or held' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each validation error and where it is' }),
  })
  .meta({ description: 'Problem details (RFC 9457)' });

export type Problem = z.infer<typeof problem>;

/** Throw it in a route to answer with this problem. */
export class ProblemError extends Error {
  readonly kind: ProblemKind;
  readonly members: ProblemMembers;
  readonly retryAfterS: number;

  constructor(kind: ProblemKind, members: ProblemMembers = {}, retryAfterS = RETRY_AFTER_S) {
    super(members.detail ?? kinds[kind].title);
    this.name = 'ProblemError';
    this.kind = kind;
    this.members = members;
    this.retryAfterS = retryAfterS;
  }
}

/** The headers that the status of a problem needs besides its body. */
export function problemHeaders(kind: ProblemKind, retryAfterS = RETRY_AFTER_S) {
  const status = statusOf(kind);
  if (status === 503 || status === 429) return { 'Retry-After': retryAfterS };
  return status === 401 ? { 'WWW-Authenticate': 'Bearer realm="turnstile"' } : {};
}

/** The `type` of a problem: where `GET` explains it. */
export const typeOf = (kind: ProblemKind): string => `/problems/${kind}`;

export const titleOf = (kind: ProblemKind): string => kinds[kind].title;

export const statusOf = (kind: ProblemKind): number => kinds[kind].status;

export function problemBody(kind: ProblemKind, members: ProblemMembers = {}): Problem {
  const { errors, ...rest } = members;
  return {
    type: typeOf(kind),
    ...kinds[kind],
    ...rest,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}
