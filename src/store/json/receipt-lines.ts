import { z } from 'zod';
import { storedEvent } from '../../booking/inventory.js';
import { ERASED, type Order, type Outcome } from '../../booking/outcomes.js';

const serials = z.array(z.int().min(1));
const total = z.object({ amount: z.int(), currency: z.string() });

/** What every line says besides. `commit` is random, so that a lost commit still differs. */
const common = {
  commit: z.string(),
  version: z.int(),
  at: z.string(),
  pid: z.int(),
};

const tickets = {
  eventId: z.string(),
  customer: z.string(),
  quantity: z.int(),
  total: total.optional(),
  remaining: z.int(),
  key: z.string().optional(),
};

const lineOf = {
  sold: z.object({
    ...common,
    ...tickets,
    orderId: z.string(),
    serials,
    holdId: z.string().optional(),
  }),
  held: z.object({ ...common, ...tickets, holdId: z.string(), until: z.string() }),
  released: z.object({ ...common, holdId: z.string() }),
  cancelled: z.object({ ...common, orderId: z.string(), eventId: z.string(), serials }),
  admitted: z.object({
    ...common,
    eventId: z.string(),
    serial: z.int(),
    door: z.string(),
    key: z.string().optional(),
  }),
  saved: z.object({ ...common, eventId: z.string(), event: storedEvent, created: z.boolean() }),
  removed: z.object({ ...common, eventId: z.string() }),
  expired: z.object({ ...common, holdIds: z.array(z.string()) }),
};

type Kind = keyof typeof lineOf;
type LineOf = { [Each in Kind]: { readonly kind: Each } & z.infer<(typeof lineOf)[Each]> };

/** A line of `receipts.jsonl`: something that was done, as its client was answered. */
export type ReceiptLine = LineOf[Kind];

/** One sale as its buyer was answered. */
export type Receipt = LineOf['sold'];

/** The outcomes that are on record: the others changed nothing. */
export type Recorded = Extract<Outcome, { readonly kind: Kind }>;

export const isRecorded = (outcome: Outcome): outcome is Recorded =>
  Object.hasOwn(lineOf, outcome.kind) &&
  !(outcome.kind === 'expired' && outcome.holdIds.length === 0);

/** Parses a line, or returns `undefined` for one that a crash tore. A sale says no `kind`. */
export function parseReceiptLine(line: string): ReceiptLine | undefined {
  try {
    const { kind = 'sold', ...members } = JSON.parse(line) as { kind?: Kind };
    if (!Object.hasOwn(lineOf, kind)) return undefined;
    const { data } = lineOf[kind].safeParse(members);
    return data && ({ kind, ...data } as ReceiptLine);
  } catch {
    return undefined;
  }
}

/** Parses a line of a sale, or returns `undefined` for any other. */
export function parseReceipt(line: string): Receipt | undefined {
  const parsed = parseReceiptLine(line);
  return parsed?.kind === 'sold' ? parsed : undefined;
}

/** The bytes of a line. A newline before and after: a line that a crash tore cannot swallow this one. */
export function printReceiptLine(
  { kind, ...members }: Recorded,
  { commit, orderId, at }: { commit: string; orderId?: string; at: string },
): Buffer {
  const fields = {
    ...(kind !== 'sold' && { kind }),
    commit,
    ...(orderId !== undefined && { orderId }),
    ...members,
    at,
    pid: process.pid,
  };
  return Buffer.from(`\n${JSON.stringify(fields)}\n`);
}

/** The order of a receipt, as its buyer was answered. */
export function toOrder({ commit: _c, at: _a, pid: _p, key: _k, ...order }: Receipt): Order {
  return { ...order, customer: order.customer || ERASED } as Order;
}

/** The line of a receipt or of a hold without the name, and as long as before. */
export function eraseName(line: Buffer, { customer }: Pick<Receipt, 'customer'>): Buffer {
  const name = Buffer.from(JSON.stringify(customer));
  const member = Buffer.concat([Buffer.from('"customer":'), name]);
  // Inside a string the quotes would be escaped, so these bytes are nowhere else in the line.
  const begin = line.indexOf(member) + member.length - name.length;
  const erased = Buffer.from(line);
  erased.fill(' ', begin, begin + name.length).write('""', begin);
  return erased;
}
