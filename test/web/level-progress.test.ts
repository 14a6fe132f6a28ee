import { expect, test } from 'vitest';
import { firstOpen } from '../../src/web/levels/level-links.js';
import { keyOf, parseProgress, withResult } from '../../src/web/levels/level-progress.js';

test('a result is stored by level and variant', () => {
  expect(keyOf({ level: 1 })).toBe('1');
  expect(keyOf({ level: 8, variant: 'sorted' })).toBe('8-sorted');
  const progress = withResult(withResult({}, '1', 'won'), '8-sorted', 'explained');
  expect(parseProgress(JSON.stringify(progress))).toEqual({ 1: 'won', '8-sorted': 'explained' });
});

test('a level that was won stays won', () => {
  expect(withResult({ 5: 'won' }, '5', 'explained')).toEqual({ 5: 'won' });
  expect(withResult({ 5: 'explained' }, '5', 'won')).toEqual({ 5: 'won' });
});

test.each([null, '', '{', 'null', '7', '"won"', '[]', '{"1":true}', '{"first":"won"}'])(
  'a damaged entry (%s) is no result',
  (stored) => {
    expect(parseProgress(stored)).toEqual({});
  },
);

test('of an entry with foreign members, the results stay, and are bounded', () => {
  expect(parseProgress('{"1":"won","2":"lost","x":"won"}')).toEqual({ 1: 'won' });
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, level) => [level, 'won']));
  expect(Object.keys(parseProgress(JSON.stringify(many)))).toHaveLength(100);
});

test('the next level is the first without a result', () => {
  const summary = { title: '', goal: '', store: 'json', lockMode: 'off' } as const;
  const levels = [1, 2, 3].map((level) => ({ ...summary, level }));
  expect(firstOpen(levels, { 1: 'won' })?.level).toBe(2);
  expect(firstOpen(levels, { 1: 'won', 2: 'explained', 3: 'won' })).toBeUndefined();
});
