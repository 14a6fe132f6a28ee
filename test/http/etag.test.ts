import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({
  events: { gala: anEvent(100), other: anEvent(100) },
});

async function etagOf(path: string): Promise<string> {
  const tag = (await app().fetch(path)).headers.get('etag');
  expect(tag).toMatch(/^"[\w-]{20,}"$/);
  return tag ?? '';
}

const fetchIfNoneMatch = (path: string, tags: string): Promise<Response> =>
  app().fetch(path, { headers: { 'if-none-match': tags } });

test('equivalent queries have the same ETag', async () => {
  const same = ['/search?q=a&limit=5', '/search?limit=5&q=a', '/search?limit=5&q=%61'];
  const tags = await Promise.all(same.map(etagOf));
  expect(new Set(tags).size).toBe(1);
  expect(await etagOf('/search')).toBe(await etagOf('/search?limit=20'));
  expect(await etagOf('/search?from=2027-01-01')).toBe(
    await etagOf('/search?from=2027-01-01T00:00:00Z'),
  );
});

test('different queries have different ETags', async () => {
  const queries = [
    ...['', '?q=gala', '?q=a', '?limit=1', '?limit=2', '?available=true', '?available=false'],
    ...['?from=2027-01-01', '?to=2027-01-01', '?q=true', '?q=a&available=true'],
  ];
  const tags = await Promise.all(queries.map((query) => etagOf(`/search${query}`)));
  expect(new Set(tags).size).toBe(queries.length);
});

describe('If-None-Match', () => {
  test.each([
    ['the ETag', (tag: string) => tag],
    ['the weak ETag', (tag: string) => `W/${tag}`],
    ['a list with the ETag', (tag: string) => `"a", W/"b" ,${tag},"c"`],
    ['a list with the weak ETag', (tag: string) => `"a",W/${tag}`],
    ['*', () => '*'],
  ])('%s is answered with 304 and no body', async (_what, tags) => {
    const tag = await etagOf('/search');
    const answer = await fetchIfNoneMatch('/search', tags(tag));
    expect(answer.status).toBe(304);
    expect(answer.headers.get('etag')).toBe(tag);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toBe('');
  });

  test.each([
    ['another ETag', () => '"another"'],
    ['the ETag without quotes', (tag: string) => tag.slice(1, -1)],
    ['half the ETag', (tag: string) => `${tag.slice(0, 10)}"`],
    ['an empty header', () => ''],
  ])('%s is answered with 200', async (_what, tags) => {
    const answer = await fetchIfNoneMatch('/search', tags(await etagOf('/search')));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveProperty('events');
  });

  test('the ETag of another query is answered with 200', async () => {
    const answer = await fetchIfNoneMatch('/search?limit=1', await etagOf('/search?limit=2'));
    expect(answer.status).toBe(200);
  });
});

test('a sale changes the ETag, and the old one is answered with the new state', async () => {
  const before = await etagOf('/search?q=test');
  const sale = await app().buy({ eventId: 'gala', customer: 'Ada' });
  expect(sale.status).toBe(201);
  const answer = await fetchIfNoneMatch('/search?q=test', before);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ events: [{ id: 'gala', remaining: 99 }, {}] });
  expect(answer.headers.get('etag')).not.toBe(before);
  // A rejected buy does not change it.
  const after = await etagOf('/search?q=test');
  expect((await app().buy({ eventId: 'nothing', customer: 'Ada' })).status).toBe(404);
  expect((await fetchIfNoneMatch('/search?q=test', after)).status).toBe(304);
});

test('HEAD has the headers of GET and no body', async () => {
  const get = await app().fetch('/search?limit=1');
  const head = await app().fetch('/search?limit=1', { method: 'HEAD' });
  expect(head.status).toBe(200);
  for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
    expect(head.headers.get(name)).toBe(get.headers.get(name));
    expect(head.headers.get(name)).not.toBeNull();
  }
  expect(await head.text()).toBe('');
  const again = await app().fetch('/search?limit=1', {
    method: 'HEAD',
    headers: { 'if-none-match': get.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});
