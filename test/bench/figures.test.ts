import { describe, expect, it } from 'vitest';
import { median, pairedRatios, roundOrder, supportsPercentile } from '../../bench/figures.js';

describe('median', () => {
  it('is the middle number in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([100, 9])).toBe(54.5); // as numbers, not as text
    expect(median([])).toBeNaN();
  });

  it('does not change its argument', () => {
    const numbers = [3, 1, 2];
    median(numbers);
    expect(numbers).toEqual([3, 1, 2]);
  });
});

describe('paired ratios', () => {
  it('stay the same when the machine slows down for both rows', () => {
    const of = [800, 400, 80];
    const to = [1000, 500, 100];
    expect(pairedRatios(of, to)).toEqual([0.8, 0.8, 0.8]);
  });

  it('differ from the ratio of the medians, which compares one round with another', () => {
    const of = [50, 100, 300];
    const to = [500, 200, 300];
    expect(median(pairedRatios(of, to))).toBe(0.5);
    expect(median(of) / median(to)).toBeCloseTo(0.33);
  });

  it('reject different numbers of rounds', () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow(RangeError);
  });
});

describe('the order of a round', () => {
  const rows = ['a', 'b', 'c', 'd'];

  it('contains every row once', () => {
    for (let round = 0; round < 9; round++)
      expect(roundOrder(rows, round).toSorted()).toEqual(rows);
  });

  it('varies which row is first, and which row precedes each', () => {
    const orders = rows.map((_, round) => roundOrder(rows, round));
    expect(new Set(orders.map(([first]) => first)).size).toBeGreaterThan(1);
    const before = (row: string) => orders.map((order) => order[order.indexOf(row) - 1]);
    for (const row of rows) expect(new Set(before(row)).size).toBeGreaterThan(1);
  });
});

it('requires ten samples beyond a percentile', () => {
  expect(supportsPercentile(999, 99)).toBe(false);
  expect(supportsPercentile(1_000, 99)).toBe(true);
  expect(supportsPercentile(1_000, 99.9)).toBe(false);
  expect(supportsPercentile(20, 50)).toBe(true);
});
