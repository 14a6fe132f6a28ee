import type { EventBody } from '../api.js';
import { minorUnitDigits } from '../currency.js';

/** An event as its form has it: everything is text, and times are local at the venue. */
export interface EventFields {
  readonly name: string;
  readonly venue: string;
  readonly startsAt: string;
  /** Of the venue's clock, such as `+01:00`. */
  readonly offset: string;
  readonly price: string;
  readonly currency: string;
  readonly capacity: string;
  readonly salesFrom: string;
  readonly salesUntil: string;
}

export type FieldName = keyof EventFields;

export type Parsed =
  | { readonly body: EventBody }
  | { readonly field: FieldName; readonly error: string };

const CAPACITY_MAX = 1_000_000_000;

/** What the form shows of an event. */
export function fieldsOf(event: EventBody): EventFields {
  const { name, venue, startsAt, price, capacity, salesFrom, salesUntil } = event;
  const offset = /[+-]\d\d:\d\d$/.exec(startsAt)?.[0] ?? '+00:00';
  const digits = minorUnitDigits(price.currency);
  return {
    name,
    venue,
    startsAt: toLocal(startsAt, offset),
    offset,
    price: (price.amount / 10 ** digits).toFixed(digits),
    currency: price.currency,
    capacity: String(capacity),
    salesFrom: salesFrom === undefined ? '' : toLocal(salesFrom, offset),
    salesUntil: salesUntil === undefined ? '' : toLocal(salesUntil, offset),
  };
}

/**
 * What is sent, or the first field that is wrong, and why.
 *
 * @param before the event that is edited: a time that was not touched stays as it is written there
 */
export function parseFields(fields: EventFields, before?: EventBody): Parsed {
  const name = fields.name.trim();
  const venue = fields.venue.trim();
  if (name === '') return { field: 'name', error: 'Please enter a name.' };
  if (venue === '') return { field: 'venue', error: 'Please enter the venue.' };
  if (fields.startsAt === '') return { field: 'startsAt', error: 'Please enter when it starts.' };
  if (!/^[+-](0\d|1[0-4]):[0-5]\d$/.test(fields.offset)) {
    return { field: 'offset', error: 'Please enter the offset from UTC, such as +01:00.' };
  }
  const currency = fields.currency.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) {
    return { field: 'currency', error: 'Please enter a code of three letters, such as EUR.' };
  }
  const amount = parsePrice(fields.price, currency);
  if (amount === undefined) {
    const digits = minorUnitDigits(currency);
    const example = (45).toFixed(digits);
    return { field: 'price', error: `Please enter an amount such as ${example}; 0 is free.` };
  }
  const capacity = Number(fields.capacity);
  const isCount = /^\d+$/.test(fields.capacity.trim()) && capacity <= CAPACITY_MAX;
  if (!isCount) {
    return { field: 'capacity', error: 'Please enter how many tickets there are.' };
  }
  const time = (local: string, earlier: string | undefined) =>
    earlier !== undefined &&
    fields.offset === (before && fieldsOf(before).offset) &&
    toLocal(earlier, fields.offset) === local
      ? earlier
      : `${local}:00${fields.offset}`;
  const { salesFrom, salesUntil } = fields;
  const window = {
    ...(salesFrom !== '' && { salesFrom: time(salesFrom, before?.salesFrom) }),
    ...(salesUntil !== '' && { salesUntil: time(salesUntil, before?.salesUntil) }),
  };
  if (
    window.salesFrom !== undefined &&
    window.salesUntil !== undefined &&
    Date.parse(window.salesFrom) >= Date.parse(window.salesUntil)
  ) {
    return { field: 'salesUntil', error: 'The sale must end after it begins.' };
  }
  const startsAt = time(fields.startsAt, before?.startsAt);
  return { body: { name, venue, startsAt, price: { amount, currency }, capacity, ...window } };
}

/** Their version, with what was changed of the version before in mine. */
export function mergeFields(
  before: EventFields,
  mine: EventFields,
  theirs: EventFields,
): EventFields {
  const isMine = (name: FieldName) => mine[name] !== before[name];
  const names = Object.keys(mine) as FieldName[];
  return {
    ...theirs,
    ...Object.fromEntries(names.filter(isMine).map((name) => [name, mine[name]])),
  };
}

/** The fields in which two versions differ. */
export const changedFields = (one: EventFields, other: EventFields): FieldName[] =>
  (Object.keys(one) as FieldName[]).filter((name) => one[name] !== other[name]);

/** The id of a new event, from its name: it is part of addresses. */
export const suggestId = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);

/** The offset of this browser at a local time, such as `+01:00`. */
export function localOffset(local: string): string {
  const time = new Date(local);
  const minutes = Number.isNaN(time.getTime()) ? 0 : -time.getTimezoneOffset();
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** In minor units; `undefined` if it is no amount of this currency. */
function parsePrice(price: string, currency: string): number | undefined {
  const digits = minorUnitDigits(currency);
  const [, whole = '', fraction = ''] = /^(\d{1,9})(?:[.,](\d+))?$/.exec(price.trim()) ?? [];
  if (whole === '' || fraction.length > digits) return undefined;
  return Number(whole + fraction.padEnd(digits, '0'));
}

/** `2027-02-01T20:00`: a moment as a clock with this offset shows it. */
function toLocal(iso: string, offset: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const shifted = Date.parse(iso) + (sign === '-' ? -ms : ms);
  return new Date(shifted).toISOString().slice(0, 16);
}
