import type { EventFields, FieldName } from './event-fields.js';

/** What each field of an event is called. */
export const fieldLabels: Readonly<Record<FieldName, string>> = {
  name: 'Name',
  venue: 'Venue',
  startsAt: 'Starts at, on the clock of the venue',
  offset: 'Its offset from UTC',
  price: 'Price of a ticket',
  currency: 'Currency',
  capacity: 'Tickets',
  salesFrom: 'On sale from (optional)',
  salesUntil: 'On sale until (optional)',
};

/** The attributes of each field's input. */
export const inputAttributes: Readonly<
  Record<FieldName, Readonly<Record<string, string | number | boolean>>>
> = {
  name: { maxlength: 200, required: true },
  venue: { maxlength: 200, required: true },
  startsAt: { type: 'datetime-local', required: true },
  offset: { maxlength: 6, required: true },
  price: { inputmode: 'decimal', required: true },
  currency: { maxlength: 3, required: true, autocapitalize: 'characters' },
  capacity: { inputmode: 'numeric', required: true },
  salesFrom: { type: 'datetime-local' },
  salesUntil: { type: 'datetime-local' },
};

export const fieldNames = Object.keys(fieldLabels) as FieldName[];

/** What the form of a new event says. */
export const emptyFields: EventFields = {
  name: '',
  venue: '',
  startsAt: '',
  offset: '+00:00',
  price: '',
  currency: 'EUR',
  capacity: '100',
  salesFrom: '',
  salesUntil: '',
};
