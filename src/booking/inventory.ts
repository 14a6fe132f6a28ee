import { z } from 'zod';
import { countSerials } from './serial-ranges.js';

/** Plain names only: ids appear in URLs, in logs and as object keys. */
const eventId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'an id has at most 128 letters, digits, dots, dashes and underscores, and begins with a letter or digit',
  )
  .meta({ description: 'Letters, digits, dot, dash and underscore' });

const money = z.strictObject({
  amount: z.int().min(0).meta({
    description: 'In minor units of ISO 4217: 4500 is EUR 45.00, JPY 4500 or KWD 4.500',
  }),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is a code of ISO 4217 such as EUR'),
});

const instant = (error: string) => z.iso.datetime({ offset: true, error });

const count = z.int().min(0).max(1_000_000_000);

/** Of an event, what its organiser decides. Times are ISO 8601 with an offset. */
export const eventDetails = z.strictObject({
  name: z.string().min(1).max(200),
  venue: z.string().min(1).max(200),
  startsAt: instant('a start is a time with its offset such as 2027-02-01T20:00:00+01:00'),
  price: money,
  capacity: count,
  salesFrom: instant('the sale begins at a time with its offset')
    .optional()
    .meta({ description: 'When the sale begins; without it, at once' }),
  salesUntil: instant('the sale ends at a time with its offset')
    .optional()
    .meta({ description: 'When the sale ends; without it, when all is sold' }),
});

/** So that a price times a quantity stays a whole number that every client can read. */
const PRICE_MAX = 1_000_000_000_000;

/** The same of an event that is saved now; older files may have more. */
export const eventToSave = eventDetails
  .extend({ price: money.extend({ amount: money.shape.amount.max(PRICE_MAX) }) })
  .refine(
    ({ salesFrom, salesUntil }) =>
      salesFrom === undefined ||
      salesUntil === undefined ||
      Date.parse(salesFrom) < Date.parse(salesUntil),
    { error: 'the sale must begin before it ends', path: ['salesUntil'] },
  );

const serialRanges = z.array(z.tuple([z.int().min(1), z.int().min(1)]));

/** An event as files have it. */
export const storedEvent = z.strictObject({
  ...eventDetails.shape,
  remaining: count.meta({ description: 'The capacity without what is sold and what is held' }),
  issued: count.optional().meta({ description: 'The highest ticket number so far' }),
  revision: z.int().min(1).optional().meta({ description: 'Counts the edits' }),
  cancelled: serialRanges.optional().meta({ description: 'Tickets that were sold and returned' }),
  admitted: serialRanges.optional().meta({ description: 'Tickets that let somebody in' }),
});

/** An event, its capacity, and what became of its tickets. */
export const ticketEvent = storedEvent.transform(({ issued, revision, ...event }) => ({
  ...event,
  // An older file has neither: its tickets were only ever sold.
  issued: issued ?? Math.max(0, event.capacity - event.remaining),
  revision: revision ?? 1,
}));

/** Tickets that are off sale until a moment, so that their customer can pay. */
export const hold = z.strictObject({
  eventId,
  customer: z.string(),
  quantity: z.int().min(1),
  total: money,
  until: z.string().meta({ description: 'From then on it does not count, in UTC' }),
});

/**
 * The whole inventory at one version. `version` counts the commits that led to it, and `at` is the
 * time of the newest.
 */
export const ticketState = z.strictObject({
  version: z.int().min(0),
  at: z.string().optional(),
  events: z.record(eventId, ticketEvent),
  holds: z.record(z.string(), hold).optional(),
});

export type Price = Readonly<z.infer<typeof money>>;
export type EventDetails = Readonly<z.infer<typeof eventDetails>>;
export type TicketEvent = Readonly<z.infer<typeof ticketEvent>>;
export type Hold = Readonly<z.infer<typeof hold>>;
export type Holds = Readonly<Record<string, Hold>>;

/** The holds of a state in the order of their time, so that few of many need to be looked at. */
export interface HoldsByTime {
  readonly count: number;
  /** The ids of those whose time is over at a moment. */
  due(at: string): readonly string[];
}

export interface TicketState {
  readonly version: number;
  /** The time of the newest commit, in UTC; missing before the first. */
  readonly at?: string | undefined;
  readonly events: Readonly<Record<string, TicketEvent>>;
  /** By id. Missing if there are none. */
  readonly holds?: Holds | undefined;
  /** The same, of a store that keeps them in the order of their time. */
  readonly holdsByTime?: HoldsByTime | undefined;
  /** How many holds there are besides, of a store that reads only those of a batch. */
  readonly holdsElsewhere?: number | undefined;
}

/** The event with this id. Ids come from clients, so `constructor` must not find anything. */
export const eventOf = (state: TicketState, id: string): TicketEvent | undefined =>
  Object.hasOwn(state.events, id) ? state.events[id] : undefined;

/** The hold with this id. */
export const holdOf = ({ holds }: TicketState, id: string): Hold | undefined =>
  holds !== undefined && Object.hasOwn(holds, id) ? holds[id] : undefined;

/** The holds of a state in the order of their time; without such an order, each is looked at. */
export function holdsByTime({ holds = {}, holdsByTime }: TicketState): HoldsByTime {
  if (holdsByTime !== undefined) return holdsByTime;
  const all = Object.entries(holds);
  const due = (at: string) => all.flatMap(([id, { until }]) => (until <= at ? [id] : []));
  return { count: all.length, due };
}

/** Tickets that somebody has: sold and not returned. */
export const liveCount = ({ issued, cancelled = [] }: TicketEvent): number =>
  issued - countSerials(cancelled);

/** Tickets that are sold or held. */
export const takenCount = ({ capacity, remaining }: TicketEvent): number => capacity - remaining;

/** Whether tickets of an event may be sold at a moment. */
export function isOnSale({ salesFrom, salesUntil }: EventDetails, at: string): boolean {
  if (salesFrom === undefined && salesUntil === undefined) return true;
  const now = Date.parse(at);
  return !(now < Date.parse(salesFrom ?? at)) && !(now >= Date.parse(salesUntil ?? '9999'));
}

/** What the organiser of an event decides, without what became of its tickets. */
export function detailsOf(
  event: EventDetails & {
    readonly [Each in Exclude<keyof TicketEvent, keyof EventDetails>]?: unknown;
  },
): EventDetails {
  const {
    remaining: _r,
    issued: _i,
    revision: _v,
    cancelled: _c,
    admitted: _a,
    ...details
  } = event;
  return details;
}

/** An event whose tickets are all for sale. */
export function newEvent(details: EventDetails): TicketEvent {
  return { ...details, remaining: details.capacity, issued: 0, revision: 1 };
}

/** The same events with every ticket for sale, at version 0. */
export function unsold(state: TicketState): TicketState {
  const events = Object.entries(state.events).map(([id, event]) => {
    const { remaining: _r, issued: _i, cancelled: _c, admitted: _a, ...kept } = event;
    return [id, { ...kept, remaining: kept.capacity, issued: 0 }];
  });
  return { version: 0, events: Object.fromEntries(events) };
}
