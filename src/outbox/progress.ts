import { z } from 'zod';
import { messageTypes } from './message.js';

const count = z.int().min(0);

/** A line of the log of a folder. */
const cursor = z.object({
  offset: count,
  /** Of a ledger: the line that counts before it. */
  seq: count.optional(),
  hash: z.string().optional(),
});

const redelivery = z.object({
  id: z.string(),
  type: z.enum(messageTypes),
  eventId: z.string(),
  at: z.string(),
  /** Of an order: it is read from the log again, where its customer's name may be erased. */
  orderId: z.string().optional(),
  /** Of all others; no customer's name is in them. */
  data: z.record(z.string(), z.unknown()).optional(),
  /** Missing while it is to be delivered. */
  parked: z.object({ at: z.string(), tries: count, reason: z.string() }).optional(),
});

/** A message that waits for its next attempt, and with it those of its event that follow. */
const waiting = z.object({
  id: z.string(),
  type: z.enum(messageTypes),
  eventId: z.string(),
  at: z.string(),
  tries: count,
  reason: z.string(),
});

const backlog = z.object({
  savedAt: z.string(),
  /** Messages that were read and not delivered; there may be more in the log. */
  undelivered: count,
  /** The time of the oldest of them. */
  oldest: z.string().optional(),
  waiting: z.array(waiting),
});

/** What a process that follows the log must know to go on where another one stopped. */
export const progress = z.object({
  /** Everything before it was delivered or parked. With PostgreSQL there is none: each event has its own. */
  cursor: cursor.optional(),
  /** The last message of each event that was delivered or parked. */
  positions: z.record(z.string(), z.tuple([count, count])),
  /** Messages that are out of their order: parked ones, and those that are delivered again. */
  redeliveries: z.array(redelivery),
  /** The hash of a URL that answered 410: nothing is sent there. */
  stopped: z.string().optional(),
  delivered: count,
  backlog: backlog.optional(),
});

export type Cursor = Readonly<z.infer<typeof cursor>>;
export type Redelivery = Readonly<z.infer<typeof redelivery>>;
export type Waiting = Readonly<z.infer<typeof waiting>>;
export type Progress = Readonly<z.infer<typeof progress>>;

/** The progress of an outbox that delivered nothing yet. @param cursor where it begins; without one, where the log does */
export const newProgress = (cursor?: Cursor): Progress => ({
  ...(cursor && { cursor }),
  positions: {},
  redeliveries: [],
  delivered: 0,
});

/** Messages out of order. While there are as many, no other one is parked: it is tried on. */
export const REDELIVERIES_MAX = 10_000;
