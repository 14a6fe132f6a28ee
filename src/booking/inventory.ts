import { z } from 'zod';

/** Plain names only: ids appear in URLs, in logs and as object keys. */
const eventId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'an id has at most 128 letters, digits, dots, dashes and underscores, and begins with a letter or digit',
  )
  .meta({ description: 'Letters, digits, dot, dash and underscore' });

const price = z.strictObject({
  amount: z.int().min(0).meta({
    description: 'In minor units of ISO 4217: 4500 is EUR 45.00, JPY 4500 or KWD 4.500',
  }),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is a code of ISO 4217 such as EUR'),
});

/** An event, its capacity and its remaining tickets. `startsAt` is ISO 8601 with an offset. */
export const ticketEvent = z.strictObject({
  name: z.string().min(1).max(200),
  venue: z.string().min(1).max(200),
  startsAt: z.iso.datetime({
    offset: true,
    error: 'a start is a time with its offset such as 2027-02-01T20:00:00+01:00',
  }),
  price,
  capacity: z.int().min(0).max(1_000_000_000),
  remaining: z.int().min(0).max(1_000_000_000),
});

/** The whole inventory at one version. `version` counts the commits that led to it. */
export const ticketState = z.strictObject({
  version: z.int().min(0),
  events: z.record(eventId, ticketEvent),
});

export type TicketEvent = z.infer<typeof ticketEvent>;
export type TicketState = z.infer<typeof ticketState>;

/** How many tickets of an event were sold; the next serial is one more. */
export const soldCount = (event: TicketEvent): number => event.capacity - event.remaining;

/** Consecutive ticket numbers, from `first`. */
export function serialsFrom(first: number, quantity: number): number[] {
  const serials: number[] = [];
  for (let serial = first; serial < first + quantity; serial++) serials.push(serial);
  return serials;
}

/** The event with this id. Ids come from clients, so `constructor` must not find anything. */
export const eventOf = (state: TicketState, id: string): TicketEvent | undefined =>
  Object.hasOwn(state.events, id) ? state.events[id] : undefined;

/** The same events with every ticket for sale, at version 0. */
export function unsold(state: TicketState): TicketState {
  const events = Object.entries(state.events).map(([id, event]) => [
    id,
    { ...event, remaining: event.capacity },
  ]);
  return { version: 0, events: Object.fromEntries(events) };
}
