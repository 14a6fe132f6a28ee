import { z } from 'zod';
import { eventDetails, eventToSave, storedEvent, ticketState } from '../booking/inventory.js';
import { chainLine } from '../booking/store.js';
import { allLockModeNames, storeNames } from '../settings.js';
import { verdictShape } from '../verdict/judge.js';

const eventId = z.string().min(1).max(128);
const version = z.int().meta({ description: 'Commits up to the state of this answer' });
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .meta({ description: 'ISO 8601; a date is its midnight in UTC' });

export const searchQuery = z.strictObject({
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Part of the name or venue, in any case, with or without accents' }),
  available: z
    .boolean()
    .optional()
    .meta({ description: '`true`: only events with tickets left; `false`: only sold-out ones' }),
  from: instant.optional(),
  to: instant.optional(),
  limit: z.int().min(1).max(100).default(20).meta({ description: 'Events per page' }),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the previous page' }),
});

/** An event as buyers see it. */
export const publicEvent = z.object({
  id: eventId,
  ...eventDetails.shape,
  remaining: storedEvent.shape.remaining,
});

export const searchAnswer = z.object({
  version,
  store: z.enum(storeNames),
  lockMode: z.enum(allLockModeNames),
  events: z.array(publicEvent),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The cursor of the next page; null on the last one' }),
});

export const buyBody = z.strictObject({
  eventId,
  customer: z.string().min(1).max(128),
  quantity: z.int().min(1).max(10).default(1).meta({ description: 'All or nothing' }),
});

const { price } = eventDetails.shape;

export const order = z.object({
  orderId: z.string(),
  eventId,
  customer: z.string(),
  quantity: z.int(),
  serials: z.array(z.int()).meta({ description: 'Ticket numbers, counted from 1 per event' }),
  total: price.optional().meta({ description: 'What the tickets cost together' }),
  remaining: z.int().meta({ description: 'Tickets left after this sale' }),
  version,
});

export const sale = order.extend({
  worker: z
    .int()
    .optional()
    .meta({ description: 'The process that sold it; only clients on the same machine are told' }),
});

export const orderParams = z.object({
  orderId: z.string().min(1).max(128).meta({ description: '`orderId` of the sale' }),
});

/** An order, and what became of its tickets since. */
export const orderDetails = order.extend({
  status: z.enum(['valid', 'cancelled']),
  tickets: z.array(
    z.object({
      serial: z.int(),
      code: z
        .string()
        .optional()
        .meta({ description: 'What a door scans; missing if this office has no key for codes' }),
      admittedAt: z.string().optional().meta({ description: 'When somebody was let in with it' }),
    }),
  ),
});

export const placedOrder = order.extend({
  status: orderDetails.shape.status,
  soldAt: z.string(),
});

export const ordersQuery = z.strictObject({
  eventId: eventId.optional().meta({ description: 'Only the orders of this event' }),
  limit: z.int().min(1).max(100).default(20).meta({ description: 'Orders per page' }),
  cursor: z
    .string()
    .regex(/^[\w.:-]{1,200}$/)
    .optional()
    .meta({ description: '`next` of the previous page' }),
});

export const exportQuery = ordersQuery.pick({ eventId: true });

export const ordersAnswer = z.object({
  orders: z.array(placedOrder),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The cursor of the next page; null on the last' }),
});

export const newHold = z.object({
  holdId: z.string(),
  eventId,
  customer: z.string(),
  quantity: z.int(),
  total: price.meta({ description: 'What the tickets cost together' }),
  expiresAt: z.string().meta({ description: 'From then on the tickets are on sale again' }),
  remaining: z.int().meta({ description: 'Tickets left after this hold' }),
  version,
});

export const holdDetails = newHold.omit({ remaining: true }).extend({
  status: z.enum(['held', 'confirmed']),
  total: order.shape.total,
  expiresAt: newHold.shape.expiresAt.optional(),
  orderId: z.string().optional().meta({ description: 'The order, once the hold is confirmed' }),
});

export const holdParams = z.object({
  holdId: z.string().min(1).max(128).meta({ description: '`holdId` of the hold' }),
});

export const eventParams = z.object({
  eventId: eventId.meta({ description: 'The id of the event' }),
});

export const newEventParams = z.object({
  eventId: ticketState.shape.events.keyType.meta({
    description: 'The id of the event: letters, digits, dot, dash and underscore',
  }),
});

/** An event as its organiser sends it. */
export const eventBody = eventToSave;

/** An event and its revision. */
export const savedEvent = publicEvent.extend({
  revision: z.int().meta({ description: 'Counts the edits; the ETag' }),
});

export const preconditions = z.looseObject({
  'if-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of the event that you have seen, to change it' }),
  'if-none-match': z.string().optional().meta({ description: '`*` to create an event' }),
});

export const ticketParams = z.object({
  code: z.string().min(1).max(64).meta({ description: '`code` of a ticket of an order' }),
});

export const doorBody = z.strictObject({
  name: z
    .string()
    .regex(/^\P{C}{1,64}$/u)
    .meta({ description: 'What the door is called; each admission says it' }),
  code: z.string().min(1).max(32).meta({ description: 'The code that an operator sees now' }),
});

export const doorAnswer = z.object({
  name: z.string(),
  token: z.string().meta({ description: 'To send as `Authorization: Bearer`' }),
  expiresAt: z.string(),
});

export const doorCode = z.object({
  code: z.string(),
  expiresAt: z.string().meta({ description: 'When the next code takes its place' }),
});

export const admissionBody = z.strictObject({
  code: z.string().min(1).max(64).meta({ description: 'The code of the ticket, in any case' }),
});

export const admission = z.object({
  eventId,
  serial: z.int(),
  customer: z.string(),
  admittedAt: z.string(),
  door: z.string(),
});

export const verdictAnswer = verdictShape.omit({ stillOnSale: true });

export const workerStatus = z.object({
  pid: z.int(),
  ppid: z.int(),
  name: z.string(),
  alive: z.boolean().meta({ description: 'Whether its `state` is `alive`' }),
  state: z.enum(['starting', 'alive', 'silent', 'restarting']).meta({
    description:
      '`starting`: it does not listen yet; `alive`: its last heartbeat is recent; `silent`: it is not, so it is stopped or hangs, and is replaced if that lasts; `restarting`: it exited, and another one starts soon',
  }),
  uptime: z.number().meta({ description: 'Seconds' }),
  restarts: z.int(),
  lastExit: z
    .object({ code: z.int().nullable(), signal: z.string().nullable(), at: z.string() })
    .nullable()
    .meta({ description: 'How the process before this one ended' }),
  lastHeartbeat: z.string().nullable(),
  sales: z.int().meta({ description: 'Orders sold by this process' }),
  lockWaits: z.int().meta({ description: 'How often it had to wait for the lock' }),
});

/** The details are missing for clients that are not operators. */
export const workersAnswer = z.object({
  workers: z.array(workerStatus.partial().required({ name: true, alive: true, state: true })),
});

export const ledgerAnswer = z.object({ lines: z.array(chainLine) });

const outboxMessage = z.object({
  id: z.string().meta({ description: 'The `webhook-id` of its deliveries' }),
  type: z.string(),
  eventId: z.string(),
  at: z.string().meta({ description: 'When it was committed' }),
  tries: z.int(),
  reason: z.string().meta({ description: 'Why the last delivery failed' }),
});

/** Without a webhook there is only `webhook`. */
export const outboxAnswer = z.object({
  webhook: z.enum(['off', 'on', 'stopped']).meta({
    description: '`stopped`: the receiver answered 410; `npm run outbox -- retry` goes on',
  }),
  isFollowing: z
    .boolean()
    .optional()
    .meta({ description: 'Whether this server delivers; of several servers, one does' }),
  delivered: z.int().optional().meta({ description: 'Messages delivered so far' }),
  undelivered: z
    .int()
    .optional()
    .meta({ description: 'Messages that were read and not delivered; more may follow' }),
  oldest: z.string().nullable().optional().meta({ description: 'The time of the oldest of them' }),
  waiting: z
    .array(outboxMessage)
    .optional()
    .meta({ description: 'Some of those that failed and are tried again' }),
  parkedCount: z.int().optional().meta({ description: 'Messages that were given up' }),
  parked: z.array(outboxMessage).optional().meta({ description: 'Some of them' }),
});

export const resendAnswer = z.object({
  orderId: z.string(),
  status: z.literal('queued').meta({ description: 'It is delivered after what waits already' }),
});

export const status = z.object({ status: z.string() });

export const readiness = z.object({
  status: z.enum(['ready', 'degraded']).meta({
    description: '`degraded`: the storage has a problem, but tickets may still be sold',
  }),
  problem: z.string().optional().meta({ description: 'Why it is degraded' }),
});

export type SearchQuery = z.infer<typeof searchQuery>;
export type SearchAnswer = z.infer<typeof searchAnswer>;
export type BuyBody = z.infer<typeof buyBody>;
export type Sale = z.infer<typeof sale>;
export type OrderParams = z.infer<typeof orderParams>;
export type OrderDetails = z.infer<typeof orderDetails>;
export type OrdersQuery = z.infer<typeof ordersQuery>;
export type OrdersAnswer = z.infer<typeof ordersAnswer>;
export type ExportQuery = z.infer<typeof exportQuery>;
export type NewHold = z.infer<typeof newHold>;
export type HoldDetails = z.infer<typeof holdDetails>;
export type HoldParams = z.infer<typeof holdParams>;
export type EventParams = z.infer<typeof eventParams>;
export type EventBody = z.infer<typeof eventBody>;
export type SavedEvent = z.infer<typeof savedEvent>;
export type Preconditions = z.infer<typeof preconditions>;
export type TicketParams = z.infer<typeof ticketParams>;
export type DoorBody = z.infer<typeof doorBody>;
export type DoorAnswer = z.infer<typeof doorAnswer>;
export type AdmissionBody = z.infer<typeof admissionBody>;
export type Admission = z.infer<typeof admission>;
export type VerdictAnswer = z.infer<typeof verdictAnswer>;
export type WorkerStatus = z.infer<typeof workerStatus>;
export type OutboxStatus = z.infer<typeof outboxAnswer>;
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;
