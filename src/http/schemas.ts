import { z } from 'zod';
import { ticketEvent } from '../booking/inventory.js';
import { allLockModeNames, storeNames } from '../settings.js';

const eventId = z.string().min(1).max(128);
const version = z.int().meta({ description: 'Commits that led to the state of this answer' });
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .meta({ description: 'ISO 8601; a date is its midnight in UTC' });

export const searchQuery = z.strictObject({
  q: z.string().max(200).optional().meta({ description: 'Part of the name or venue, any case' }),
  available: z
    .boolean()
    .optional()
    .meta({ description: 'Only with, or only without, tickets left' }),
  from: instant.optional(),
  to: instant.optional(),
  limit: z.int().min(1).max(100).default(20),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
});

export const searchAnswer = z.object({
  version,
  store: z.enum(storeNames),
  lockMode: z.enum(allLockModeNames),
  events: z.array(z.object({ id: eventId, ...ticketEvent.shape })),
  next: z.string().nullable().meta({ description: 'The cursor of the next page, if there is one' }),
});

export const buyBody = z.strictObject({
  eventId,
  customer: z.string().min(1).max(128),
  quantity: z.int().min(1).max(10).default(1).meta({ description: 'All of them, or none' }),
});

export const buyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(257)
    .optional()
    .meta({ description: 'The same key and body give the first sale again, where the store can' }),
});

export const order = z.object({
  orderId: z.string(),
  eventId,
  customer: z.string(),
  quantity: z.int(),
  serials: z.array(z.int()).meta({ description: 'The numbers of the tickets, from 1 per event' }),
  remaining: z.int().meta({ description: 'Tickets left after this sale' }),
  version,
});

export const sale = order.extend({
  worker: z.int().meta({ description: 'The process that sold it' }),
});

export const orderParams = z.object({ orderId: z.string().min(1).max(128) });

export const verdictAnswer = z.object({
  verdict: z.enum(['holds', 'broken', 'inconclusive']),
  version,
  events: z.array(
    z.object({
      id: eventId,
      capacity: z.int(),
      sold: z.int(),
      remaining: z.int(),
      oversold: z.int(),
      duplicates: z.int(),
    }),
  ),
  lostUpdates: z.int(),
  withdrawn: z.int(),
  skipped: z.int(),
});

export const workersAnswer = z.object({
  workers: z.array(
    z.object({
      pid: z.int(),
      ppid: z.int(),
      name: z.string(),
      alive: z.boolean().meta({ description: 'Runs, and was heard of in time' }),
      uptime: z.number().meta({ description: 'Seconds' }),
      restarts: z.int(),
      lastExit: z
        .object({ code: z.int().nullable(), signal: z.string().nullable(), at: z.string() })
        .nullable()
        .meta({ description: 'How the process before this one ended' }),
      lastHeartbeat: z.string().nullable(),
      sales: z.int().meta({ description: 'Orders sold by this process' }),
      lockWaits: z.int().meta({ description: 'Times that it had to wait for the lock' }),
    }),
  ),
});

export const ledgerAnswer = z.object({
  lines: z.array(
    z.object({
      counts: z.boolean().meta({ description: 'The chain goes through it; else it is skipped' }),
      hash: z.string(),
      commit: z
        .object({
          seq: z
            .int()
            .meta({ description: 'Counted in its chain; with postgres each event has one' }),
          prev: z.string().meta({ description: 'The hash of the line that it extends' }),
          pid: z
            .int()
            .optional()
            .meta({ description: 'Missing with postgres: machines have the same numbers' }),
          at: z.string(),
          sold: z.array(z.object({ eventId, first: z.int(), last: z.int() })),
        })
        .optional()
        .meta({ description: 'Missing where the line is not whole' }),
    }),
  ),
});

export const status = z.object({ status: z.string() });

export type WorkerStatus = z.infer<typeof workersAnswer>['workers'][number];
