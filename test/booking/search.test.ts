import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Position, search } from '../../src/booking/search.js';
import { anEvent } from '../support/folder.js';

const days = fc.constantFrom('2027-01-01', '2027-01-02', '2027-02-01');

const states = fc
  .dictionary(
    fc.stringMatching(/^[a-z0-9]{1,4}$/),
    fc.record({
      day: days,
      remaining: fc.nat(2),
      name: fc.constantFrom('Jazz', 'JAZZ night', 'Opera'),
    }),
    { maxKeys: 12 },
  )
  .map((events) => ({
    version: 1,
    events: Object.fromEntries(
      Object.entries(events).map(([id, { day, remaining, name }]) => [
        id,
        anEvent(5, { remaining, name, startsAt: `${day}T20:00:00+01:00` }),
      ]),
    ),
  }));

describe('search', () => {
  test('returns every event once over its pages, ordered by start and then by id', () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 5 }), (state, limit) => {
        const seen: Position[] = [];
        let after: Position | undefined;
        do {
          const page = search(state, { limit, ...(after && { after }) });
          expect(page.events.length).toBeLessThanOrEqual(limit);
          seen.push(
            ...page.events.map(({ id, startsAt }) => ({ id, startsAt: Date.parse(startsAt) })),
          );
          after = page.next;
        } while (after !== undefined);
        const sorted = [...seen].sort((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1));
        expect(seen).toEqual(sorted);
        expect(seen.map(({ id }) => id).sort()).toEqual(Object.keys(state.events).sort());
      }),
    );
  });

  test('returns exactly the events that match the query', () => {
    const from = Date.parse('2027-01-02T20:00:00+01:00');
    const to = Date.parse('2027-02-01T20:00:00+01:00');
    fc.assert(
      fc.property(states, (state) => {
        const found = search(state, { limit: 100, q: 'jazz', available: true, from, to }).events;
        const expected = Object.entries(state.events).filter(
          ([, event]) =>
            /jazz/i.test(event.name) &&
            event.remaining > 0 &&
            Date.parse(event.startsAt) >= from &&
            Date.parse(event.startsAt) < to,
        );
        expect(found.map(({ id }) => id).sort()).toEqual(expected.map(([id]) => id).sort());
        const soldOut = search(state, { limit: 100, available: false }).events;
        expect(soldOut.every(({ remaining }) => remaining === 0)).toBe(true);
      }),
    );
  });

  test.each([
    ['istanbul', { name: 'Caz, İstanbul' }],
    ['STRASSENFEST', { name: 'Das Straßenfest' }],
    ['dvorak', { venue: 'Dvořák Hall' }],
    ['Mu\u0308nchen', { venue: 'Messe München' }],
    ['MÜNCHEN', { venue: 'Messe Mu\u0308nchen' }],
    ["o'neill", { name: 'The O’Neill Brothers' }],
    ['jazz - live', { name: 'Jazz – live' }],
  ])('finds %s whatever its case, accents and quotes', (q, changes) => {
    const state = { version: 1, events: { wanted: anEvent(1, changes), other: anEvent(1) } };
    expect(search(state, { limit: 10, q }).events.map(({ id }) => id)).toEqual(['wanted']);
    const text = Object.values(changes).join();
    expect(text.toLowerCase()).not.toContain(q.toLowerCase()); // the lower case does not find it
  });
});
