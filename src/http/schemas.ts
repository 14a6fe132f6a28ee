import { z } from 'zod';
import { ticketEvent } from '../booking/inventory.js';
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

export const searchAnswer = z.object({
  version,
  store: z.enum(storeNames),
  lockMode: z.enum(allLockModeNames),
  events: z.array(z.object({ id: eventId, ...ticketEvent.shape })),
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

export const buyHeaders = z.looseObject({
  'idempotency-key': z.string().min(1).max(257).optional().meta({
    description:
      'A retry with the same key and body answers the first sale again, if the store supports it',
  }),
});

export const order = z.object({
  orderId: z.string(),
  eventId,
  customer: z.string(),
  quantity: z.int(),
  serials: z.array(z.int()).meta({ description: 'Ticket numbers, counted from 1 per event' }),
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
export type BuyHeaders = z.infer<typeof buyHeaders>;
export type Sale = z.infer<typeof sale>;
export type OrderParams = z.infer<typeof orderParams>;
export type VerdictAnswer = z.infer<typeof verdictAnswer>;
export type WorkerStatus = z.infer<typeof workerStatus>;
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;
