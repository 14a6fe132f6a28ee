import { expect, test } from 'vitest';
import { SearchCache } from '../../src/http/search-cache.js';

const answer = (state: string) => ({ state, etag: `"${state}"`, body: '{}' });

test('finds an answer until the state changes', () => {
  const cache = new SearchCache();
  cache.set('/search', answer('one'));
  expect(cache.get('/search', 'one')).toEqual(answer('one'));
  expect(cache.get('/search', 'two')).toBeUndefined();
  expect(cache.get('/search?q=a', 'one')).toBeUndefined();
  cache.set('/search', answer('two'));
  expect(cache.get('/search', 'one')).toBeUndefined();
});

test('evicts the oldest answers: requests for ever new URLs do not fill the memory', () => {
  const cache = new SearchCache();
  for (let page = 0; page < 1000; page++) cache.set(`/search?q=${page}`, answer('one'));
  const kept = Array.from({ length: 1000 }, (_, page) => cache.get(`/search?q=${page}`, 'one'));
  expect(kept.filter(Boolean)).toHaveLength(64);
  expect(kept.at(-1)).toBeDefined();
});
