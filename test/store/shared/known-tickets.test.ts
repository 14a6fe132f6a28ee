import { describe, expect, test } from 'vitest';
import type { TicketState } from '../../../src/booking/inventory.js';
import { parseTickets, printTickets } from '../../../src/store/shared/tickets-json.js';
import { anEvent } from '../../support/folder.js';

const hold = {
  eventId: 'a',
  customer: 'Ada',
  quantity: 1,
  total: { amount: 1000, currency: 'EUR' },
  until: '2027-01-01T00:00:00.000Z',
};
const known: TicketState = {
  version: 4,
  at: '2026-12-01T00:00:00.000Z',
  events: { a: anEvent(10), b: anEvent(20, { cancelled: [[1, 2]], issued: 4 }), c: anEvent(30) },
  holds: { h1: hold },
};
const toBytes = (value: unknown): Buffer => Buffer.from(printTickets(value as TicketState));
const parse = (value: unknown, before?: TicketState) =>
  parseTickets('tickets.json', toBytes(value), before);
const changedTo = (changes: object) => ({ ...known, version: 5, ...changes });

describe('parsing a file of which another state is known', () => {
  test.each<[what: string, state: object]>([
    ['nothing changed', known],
    [
      'one event changed',
      changedTo({ events: { ...known.events, b: anEvent(20, { remaining: 3 }) } }),
    ],
    ['an event came first', changedTo({ events: { z: anEvent(1), ...known.events } })],
    ['an event was removed', changedTo({ events: { c: known.events.c, a: known.events.a } })],
    ['a range changed', changedTo({ events: { b: { ...known.events.b, cancelled: [[1, 3]] } } })],
    [
      'a range became longer',
      changedTo({ events: { b: { ...known.events.b, admitted: [[3, 3]] } } }),
    ],
    ['a hold came', changedTo({ holds: { h1: hold, h2: { ...hold, quantity: 2 } } })],
    [
      'a hold changed its price',
      changedTo({ holds: { h1: { ...hold, total: { amount: 1, currency: 'EUR' } } } }),
    ],
    ['all holds ended', changedTo({ holds: undefined })],
    [
      'an older file',
      changedTo({ events: { a: { ...known.events.a, issued: undefined, revision: undefined } } }),
    ],
  ])('%s: the same as without', (_what, state) => {
    const whole = parse(state);
    expect(parse(state, known)).toEqual(whole);
    expect(Object.keys(parse(state, known).events)).toEqual(Object.keys(whole.events));
  });

  test.each<[what: string, state: unknown]>([
    [
      'a wrong number',
      changedTo({ events: { ...known.events, b: { ...known.events.b, remaining: -1 } } }),
    ],
    [
      'more left than there are',
      changedTo({ events: { ...known.events, b: anEvent(20, { remaining: 21 }) } }),
    ],
    ['a member that is not known', changedTo({ events: { a: { ...known.events.a, row: 3 } } })],
    ['an array for an object', changedTo({ events: [known.events.a] })],
    [
      'a list for a price',
      changedTo({ events: { a: { ...known.events.a, price: [1000, 'EUR'] } } }),
    ],
    ['an id that is not allowed', changedTo({ events: { ...known.events, 'a b': anEvent(1) } })],
    ['a broken hold', changedTo({ holds: { h1: { ...hold, quantity: 0 } } })],
    ['no events', { version: 5 }],
    ['null', null],
  ])('%s is an error all the same', (_what, state) => {
    const errorOf = (before?: TicketState) => {
      try {
        return parse(state, before);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(errorOf(known)).toBe(errorOf());
    expect(errorOf(known)).toMatch(/^tickets\.json is not a ticket file: line \d+/);
  });

  test('a member named __proto__ is dropped with and without', () => {
    const bytes = Buffer.from(printTickets(known).replace('"a": {', '"__proto__": {'));
    const state = parseTickets('tickets.json', bytes, known);
    expect(state).toEqual(parseTickets('tickets.json', bytes));
    expect(Object.keys(state.events)).toEqual(['b', 'c']);
  });
});
