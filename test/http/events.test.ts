import { describe, expect, test } from 'vitest';
import type { EventBody, SavedEvent } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({ events: { gala: anEvent(20), sold: anEvent(20), kept: anEvent(20) } });

const aConcert: EventBody = {
  name: 'A Concert',
  venue: 'The Pier',
  startsAt: '2027-05-01T20:00:00+02:00',
  price: { amount: 2500, currency: 'EUR' },
  capacity: 50,
};

const put = (eventId: string, headers: Record<string, string>, changes: object = {}) =>
  app().send('PUT', `/events/${eventId}`, { ...aConcert, ...changes }, headers);
const isNew = { 'if-none-match': '*' };
const seen = (etag: string) => ({ 'if-match': etag });
const get = async (eventId: string) => {
  const answer = await app().fetch(`/events/${eventId}`);
  return { etag: answer.headers.get('etag'), event: (await answer.json()) as SavedEvent };
};

describe('an event', () => {
  test('is created, found, changed and removed', async () => {
    const created = await put('concert', isNew);
    expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"']);
    expect(created.headers.get('location')).toBe('/events/concert');
    const event = { id: 'concert', ...aConcert, remaining: 50, revision: 1 };
    expect(await created.json()).toEqual(event);
    expect(await get('concert')).toEqual({ etag: '"1"', event });
    expect(await app().remaining('concert')).toBe(50);

    const salesFrom = '2027-01-01T00:00:00Z';
    const changed = await put('concert', seen('"1"'), { capacity: 60, salesFrom });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect(await changed.json()).toMatchObject({ capacity: 60, remaining: 60, salesFrom });

    const remove = () => app().fetch('/events/concert', { method: 'DELETE' });
    expect((await remove()).status).toBe(204);
    await expectProblem(await app().fetch('/events/concert'), 404, 'unknown-event');
    await expectProblem(await remove(), 404, 'unknown-event');
  });

  test('keeps its ETag when tickets are sold, so that no cache may keep it', async () => {
    const before = await app().fetch('/events/gala');
    await app().buy({ eventId: 'gala', customer: 'Ada' });
    const after = await app().fetch('/events/gala', {
      headers: { 'if-none-match': before.headers.get('etag') ?? '' },
    });
    expect(after.status).toBe(200);
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
    expect(after.headers.get('cache-control')).toBe('no-store');
  });
});

describe('two editors', () => {
  test.each([
    ['a revision that is past', seen('"1"')],
    ['a revision that does not exist yet', seen('"99"')],
    ['a weak tag', seen('W/"2"')],
    ['something else', seen('2')],
    ['several, none of which it has', seen('"1", "7"')],
    ['that it is new', isNew],
  ])('do not overwrite each other: %s', async (_what, headers) => {
    if ((await get('kept')).etag === '"1"') {
      expect((await put('kept', seen('"1"'), { name: 'First' })).status).toBe(200);
    }
    const before = readFiles(app());
    const problem = await expectProblem(
      await put('kept', headers, { name: 'Second' }),
      412,
      'revision-mismatch',
    );
    expect(problem.revision).toBe(2);
    expect(readFiles(app())).toEqual(before);
  });

  test('may say that any revision will do, or one of several', async () => {
    const { etag } = await get('gala');
    expect((await put('gala', seen('*'))).status).toBe(200);
    const { etag: next } = await get('gala');
    expect(next).not.toBe(etag);
    expect((await put('gala', seen(`"77", ${next}`))).status).toBe(200);
  });

  test('of twenty at once, one succeeds', async () => {
    const { etag } = await get('gala');
    const edits = Array.from({ length: 20 }, (_, index) =>
      put('gala', seen(etag ?? ''), { name: `Edit ${index}` }),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
  });

  test('have to say what they have seen', async () => {
    await expectProblem(await put('gala', {}), 428, 'precondition-required');
    const both = await put('gala', { ...isNew, ...seen('"1"') });
    await expectProblem(both, 400, 'malformed');
    await expectProblem(await put('gala', { 'if-none-match': '"1"' }), 400, 'malformed');
    const { revision } = await expectProblem(
      await put('none', seen('*')),
      412,
      'revision-mismatch',
    );
    expect(revision).toBe(0);
    const remove = await app().fetch('/events/gala', { method: 'DELETE', headers: seen('"1"') });
    await expectProblem(remove, 412, 'revision-mismatch');
  });
});

test('an event keeps the tickets that people have', async () => {
  await app().buy({ eventId: 'sold', customer: 'Ada', quantity: 3 });
  await app().post('/holds', { eventId: 'sold', customer: 'Bob', quantity: 2 });
  const { etag } = await get('sold');
  const tooSmall = await put('sold', seen(etag ?? ''), { capacity: 4 });
  const { taken } = await expectProblem(tooSmall, 409, 'capacity-too-small');
  expect(taken).toBe(5);
  const exact = await put('sold', seen(etag ?? ''), { capacity: 5 });
  expect([exact.status, await exact.json()]).toMatchObject([200, { remaining: 0 }]);
  await expectProblem(await app().fetch('/events/sold', { method: 'DELETE' }), 409, 'event-in-use');
});

describe('what would make the ticket file unreadable is rejected', () => {
  test.each([
    ['no name', { name: '' }],
    ['a long name', { name: 'a'.repeat(201) }],
    ['an unknown member', { colour: 'red' }],
    ['what the office counts', { remaining: 5 }],
    ['a start without an offset', { startsAt: '2027-05-01T20:00:00' }],
    ['a day that does not exist', { startsAt: '2027-02-30T20:00:00Z' }],
    ['a leap second', { startsAt: '2016-12-31T23:59:60Z' }],
    ['a lower-case currency', { price: { amount: 1, currency: 'eur' } }],
    ['a fraction of a cent', { price: { amount: 1.5, currency: 'EUR' } }],
    ['a price times ten above all whole numbers', { price: { amount: 2e15, currency: 'EUR' } }],
    ['a negative capacity', { capacity: -1 }],
    ['a capacity as text', { capacity: '5' }],
    ['more tickets than numbers', { capacity: 1_000_000_001 }],
    [
      'a sale that ends before it begins',
      { salesFrom: '2027-02-02T00:00:00Z', salesUntil: '2027-02-01T00:00:00Z' },
    ],
  ])('%s', async (_what, changes) => {
    const before = readFiles(app());
    await expectProblem(await put('another', isNew, changes), 400, 'malformed');
    expect(readFiles(app())).toEqual(before);
  });

  test.each(['-a', 'a b', 'ä', 'a/b', '.', '__proto__', 'a'.repeat(129)])(
    'the id %s',
    async (id) => {
      const before = readFiles(app());
      const answer = await put(encodeURIComponent(id), isNew);
      expect([400, 404]).toContain(answer.status);
      expect(readFiles(app())).toEqual(before);
    },
  );

  test('the id constructor is an id like others', async () => {
    await expectProblem(await app().fetch('/events/constructor'), 404, 'unknown-event');
    expect((await put('constructor', isNew)).status).toBe(201);
    expect((await get('constructor')).event).toMatchObject({ id: 'constructor', remaining: 50 });
  });
});
