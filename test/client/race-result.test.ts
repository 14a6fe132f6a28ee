import { describe, expect, test } from 'vitest';
import type { BuyerResult } from '../../src/client/buyers.js';
import { judgeRace } from '../../src/client/race-result.js';

const sold = (...serials: number[]): BuyerResult => ({ kind: 'sold', serials });
const refused: BuyerResult = { kind: 'refused' };
const unknown: BuyerResult = { kind: 'unknown', why: '503' };

describe('judgeRace', () => {
  test.each([
    ['holds', 2, 0, [sold(1), sold(2), refused]],
    ['broken', 2, 0, [sold(1), sold(2), sold(3)]], // more sold than there were
    ['broken', 2, 0, [sold(1), sold(1), refused]], // one ticket, two holders
    ['broken', 2, 1, [sold(1), sold(2), refused]], // one is left
    ['broken', 2, 1, [sold(1), refused, refused]], // refused although one was left
    ['broken', 2, 0, [sold(1), sold(1), unknown]], // a missing answer does not hide it
    ['inconclusive', 2, 0, [sold(1), sold(2)]], // no buyer was refused
    ['inconclusive', 2, 0, [sold(1), sold(2), unknown]],
    ['inconclusive', 3, 0, [sold(1), sold(2), refused]], // another client bought the third
    ['inconclusive', 0, 0, [refused, refused]],
  ] as const)('%s: %i before, %i after, %j', (ruling, before, after, results) => {
    expect(judgeRace(before, after, results).ruling).toBe(ruling);
  });
});
