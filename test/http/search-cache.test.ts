import { expect, test } from 'vitest';
import { SearchCache } from '../../src/http/search-cache.js';

const answer = (state: string) => ({ state, etag: `"${state}"`, body: '{}' });

test('an answer is found as long as the state is what it was made from', () => {
  const recent = new SearchCache();
  recent.keep('/search', answer('one'));
  expect(recent.find('/search', 'one')).toEqual(answer('one'));
  expect(recent.find('/search', 'two')).toBeUndefined();
  expect(recent.find('/search?q=a', 'one')).toBeUndefined();
  recent.keep('/search', answer('two'));
  expect(recent.find('/search', 'one')).toBeUndefined();
});

test('the oldest make room: whoever asks for ever new addresses fills nothing', () => {
  const recent = new SearchCache();
  for (let page = 0; page < 1000; page++) recent.keep(`/search?q=${page}`, answer('one'));
  const kept = Array.from({ length: 1000 }, (_, page) => recent.find(`/search?q=${page}`, 'one'));
  expect(kept.filter(Boolean)).toHaveLength(64);
  expect(kept.at(-1)).toBeDefined();
});
