import { expect, test } from 'vitest';
import { count, describeState, ms, serialsInWords } from '../../src/timeline/format.js';

test('counts with a plural', () => {
  expect([count(1, 'ticket'), count(2, 'ticket'), count(1104, 'ticket')]).toEqual([
    '1 ticket',
    '2 tickets',
    '1,104 tickets',
  ]);
});

test('shows shorter times with more decimals', () => {
  expect([0, 0.042, 0.5, 12.414, 134.73, 2134.736].map(ms)).toEqual([
    '0.00 ms',
    '0.042 ms',
    '0.50 ms',
    '12.41 ms',
    '134.7 ms',
    '2,135 ms',
  ]);
});

test('summarizes serials', () => {
  expect([[64], [2, 1], [3, 1, 2], [3, 5, 9]].map(serialsInWords)).toEqual([
    'serial 64',
    'serials 1 and 2',
    'serials 1 to 3',
    '3 serials from 3 to 9',
  ]);
});

test('describes a state by its remaining tickets, or else by its version', () => {
  expect(describeState({ version: 7, remaining: 1200 })).toBe('1,200 left');
  expect(describeState({ version: 7 })).toBe('version 7');
});
