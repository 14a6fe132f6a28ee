import { describe, expect, test } from 'vitest';
import {
  changedFields,
  fieldsOf,
  mergeFields,
  parseFields,
  suggestId,
} from '../../src/web/sell/event-fields.js';

const event = {
  name: 'The Gala',
  venue: 'Hall',
  startsAt: '2027-02-01T20:00:30+01:00',
  price: { amount: 4550, currency: 'EUR' },
  capacity: 100,
  salesFrom: '2027-01-01T09:00:00Z',
};
const fields = fieldsOf(event);

describe('the fields of an event', () => {
  test('show times on the clock of the venue, and prices in full', () => {
    expect(fields).toMatchObject({
      startsAt: '2027-02-01T20:00',
      offset: '+01:00',
      salesFrom: '2027-01-01T10:00',
      salesUntil: '',
      price: '45.50',
    });
    const yen = { ...event, price: { amount: 4550, currency: 'JPY' } };
    expect(fieldsOf(yen).price).toBe('4550');
  });

  test('what was not touched is saved as it was, to the second', () => {
    expect(parseFields(fields, event)).toEqual({ body: event });
    // Negative control: without the event before, the seconds are lost.
    expect(parseFields(fields)).not.toEqual({ body: event });
  });

  test('a time is sent with the offset of the venue', () => {
    const later = { ...fields, startsAt: '2027-02-01T21:00', salesUntil: '2027-02-01T20:30' };
    expect(parseFields(later, event)).toMatchObject({
      body: { startsAt: '2027-02-01T21:00:00+01:00', salesUntil: '2027-02-01T20:30:00+01:00' },
    });
  });

  test('another offset moves the times that are written with it', () => {
    expect(parseFields({ ...fields, offset: '-05:00' }, event)).toMatchObject({
      body: { startsAt: '2027-02-01T20:00:00-05:00', salesFrom: '2027-01-01T10:00:00-05:00' },
    });
  });

  test.each([
    ['45', 'EUR', 4500],
    ['45.5', 'EUR', 4550],
    ['45,05', 'EUR', 4505],
    ['0', 'EUR', 0],
    ['4.500', 'KWD', 4500],
    ['19.99', 'usd', 1999],
  ])('%s %s is %i in minor units', (price, currency, amount) => {
    expect(parseFields({ ...fields, price, currency })).toMatchObject({
      body: { price: { amount, currency: currency.toUpperCase() } },
    });
  });

  test.each([
    ['name', '  '],
    ['venue', ''],
    ['startsAt', ''],
    ['offset', '1:00'],
    ['offset', '+25:00'],
    ['price', '-1'],
    ['price', '1.234'],
    ['price', ''],
    ['currency', 'EURO'],
    ['capacity', '1.5'],
    ['capacity', ''],
    ['capacity', '1000000001'],
    ['salesUntil', '2026-01-01T00:00'],
  ] as const)('%s cannot be %j', (field, value) => {
    expect(parseFields({ ...fields, [field]: value })).toMatchObject({ field });
  });

  test('two editors: changes to different fields are joined, and mine are kept', () => {
    const mine = { ...fields, name: 'The Great Gala' };
    const theirs = { ...fields, venue: 'Opera', name: 'A Gala' };
    expect(mergeFields(fields, mine, theirs)).toEqual({ ...theirs, name: 'The Great Gala' });
    expect(changedFields(mine, theirs)).toEqual(['name', 'venue']);
  });

  test('an id is made from the name', () => {
    expect(suggestId(' Été à Paris: 2027! ')).toBe('ete-a-paris-2027');
  });
});
