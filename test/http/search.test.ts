import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { TicketEvent } from '../../src/booking/inventory.js';
import type { searchAnswer } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { sharedApp } from './test-app.js';

type Answer = z.infer<typeof searchAnswer>;

/** 25 nights in reverse order; three of them, n-10 to n-12, start at the same time. */
const nights = Array.from({ length: 25 }, (_, index): [string, TicketEvent] => {
  const day = index >= 10 && index <= 12 ? 10 : index;
  const startsAt = new Date(Date.UTC(2027, 2, 1 + day, 20)).toISOString();
  return [`n-${index}`, anEvent(5, { startsAt, name: `Night ${index}` })];
}).reverse();

const events = {
  ...Object.fromEntries(nights),
  opera: anEvent(3, {
    name: 'Die Zauberflöte',
    venue: 'Opéra de Lyon',
    startsAt: '2027-05-01T01:30:00+02:00', // still April in UTC
  }),
  jazz: anEvent(4, { name: 'Late JAZZ', venue: 'Pier 3', startsAt: '2027-05-02T20:00:00Z' }),
  full: anEvent(0, { name: 'Sold Out', venue: 'Pier 4', startsAt: '2027-05-03T20:00:00Z' }),
};

const app = sharedApp({ events });

async function search(query: Record<string, string>): Promise<Answer> {
  const answer = await app().fetch(`/search?${new URLSearchParams(query)}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

const idsOf = async (query: Record<string, string>): Promise<string[]> =>
  (await search(query)).events.map(({ id }) => id);

test('the answer has the documented members and no others', async () => {
  const { events: found, ...rest } = await search({ q: 'zauber' });
  expect(rest).toEqual({ version: 0, store: 'json', lockMode: 'file', next: null });
  const { issued: _i, revision: _r, ...details } = events.opera;
  expect(found).toEqual([{ id: 'opera', ...details }]);
});

describe('q', () => {
  test.each([
    ['late jazz', ['jazz']],
    ['LATE', ['jazz']],
    ['ZAUBERFLÖTE', ['opera']],
    ['opéra', ['opera']],
    ['pier', ['jazz', 'full']],
    ['Pier 4', ['full']],
    ['.*', []],
    ['constructor', []],
  ])('%s finds %j', async (q, ids) => {
    expect(await idsOf({ q })).toEqual(ids);
  });

  test('an empty q finds everything', async () => {
    expect(await idsOf({ q: '', limit: '100' })).toHaveLength(28);
  });
});

describe('available', () => {
  test('true finds events with tickets left, false finds sold-out ones', async () => {
    expect(await idsOf({ available: 'false' })).toEqual(['full']);
    const left = await idsOf({ available: 'true', limit: '100' });
    expect(left).toHaveLength(27);
    expect(left).not.toContain('full');
  });
});

describe('from and to', () => {
  const n3 = '2027-03-04T20:00:00Z';
  const n4 = '2027-03-05T20:00:00Z';

  test('from is inclusive, to is exclusive', async () => {
    expect(await idsOf({ from: n3, to: n4 })).toEqual(['n-3']);
    expect(await idsOf({ from: n3, to: n3 })).toEqual([]);
    expect(await idsOf({ from: '2027-03-04T20:00:00.001Z', to: n4 })).toEqual([]);
  });

  test('respects a UTC offset', async () => {
    const [from, to] = ['2027-03-05T01:00:00+05:00', '2027-03-05T15:00:00-05:00'];
    expect(await idsOf({ from, to })).toEqual(['n-3']);
  });

  test('reads a date as midnight UTC', async () => {
    expect(await idsOf({ from: '2027-03-04', to: '2027-03-05' })).toEqual(['n-3']);
    expect(await idsOf({ from: '2027-04-30', to: '2027-05-01' })).toEqual(['opera']);
  });

  test('combines all filters', async () => {
    const query = { q: 'pier', available: 'true', from: '2027-05-01', to: '2027-06-01' };
    expect(await idsOf(query)).toEqual(['jazz']);
  });
});

describe('limit and cursor', () => {
  test('returns 20 events by default and 100 at most', async () => {
    expect(await idsOf({})).toHaveLength(20);
    expect(await idsOf({ limit: '1' })).toEqual(['n-0']);
    expect(await idsOf({ limit: '100' })).toHaveLength(28);
  });

  test.each([1, 3, 7, 27, 28])('pages of %i contain each event once, in order', async (limit) => {
    const walked = await walk({ limit: String(limit) });
    // By start, then by id as text: n-10, n-11 and n-12 start at the same time.
    const inOrder = nights.map(([id]) => id).reverse();
    expect(walked).toEqual([...inOrder, 'opera', 'jazz', 'full']);
  });

  test('applies a filter to every page', async () => {
    const inMarch = await walk({ limit: '4', q: 'night', from: '2027-03-20' });
    expect(inMarch).toEqual(['n-19', 'n-20', 'n-21', 'n-22', 'n-23', 'n-24']);
  });

  async function walk(query: Record<string, string>): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 30; page++) {
      const answer: Answer = await search(cursor === null ? query : { ...query, cursor });
      ids.push(...answer.events.map(({ id }) => id));
      cursor = answer.next;
      if (cursor === null) return ids;
    }
    throw new Error('the pages never end');
  }
});

describe('an invalid query', () => {
  const cursorOf = (text: string) => `cursor=${Buffer.from(text).toString('base64url')}`;

  test.each([
    ...['limit=0', 'limit=101', 'limit=-1', 'limit=1.5', 'limit=ten', 'limit=', 'limit=1e9'],
    ...['available=yes', 'available=1', 'available=', 'available=TRUE'],
    ...['from=soon', 'from=', 'from=2027-02-30', 'from=2027-13-01', 'from=1800000000000'],
    ...['from=2027-03-04T20:00:00', 'to=04.03.2027', 'to=2027-03-04T25:00:00Z'],
    ...['cursor=', 'cursor=!', 'cursor=bm9uc2Vuc2U', cursorOf('x n-1'), cursorOf('1')],
    ...[`cursor=${'a'.repeat(513)}`, cursorOf(`${'9'.repeat(20)} n-1`)],
    ...['colour=red', 'Q=night', '__proto__=1', 'constructor=1', 'q[]=night', 'q[x]=1'],
    ...[
      'q=a&q=b',
      'limit=5&limit=6',
      'from=2027-01-01&from=2027-01-02',
      'available=true&available=false',
    ],
    `q=${'a'.repeat(201)}`,
  ])('%s is rejected with 400', async (query) => {
    await expectProblem(await app().fetch(`/search?${query}`), 400, 'malformed');
  });
});
