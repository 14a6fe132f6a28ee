import { expect, test } from 'vitest';
import { describeFinalCount } from '../../src/lab/final-count.js';

test.each([
  ['json', 100, 90, 10, 'the file has 90 left, which is 100 − 10 sold'],
  ['json', 100, 99, 10, 'the file has 99 left instead of 90, which is 100 − 10 sold'],
  [
    'postgres',
    2000,
    1999,
    10,
    'the database has 1,999 left instead of 1,990, which is 2,000 − 10 sold',
  ],
  ['ledger', 100, 0, 100, 'the file has 0 left, which is 100 − 100 sold'],
  ['json', 100, 97, 200, 'the file has 97 left, and 200 of 100 were sold'],
  // A process died between two writes: the ticket is neither for sale nor sold.
  ['json', 10, 0, 9, 'the file has 0 left instead of 1, which is 10 − 9 sold'],
] as const)('%s: %i tickets, %i left, %i sold', (store, capacity, remaining, sold, expected) => {
  expect(describeFinalCount({ store }, { capacity, remaining }, sold)).toBe(expected);
});
