import { describe, expect, it } from 'vitest';
import { median, orderOf, pairedRatios, supports } from '../../bench/figures.js';
describe('median', () => {
    it('is the number in the middle, whatever the order', () => {
        expect(median([9, 1, 5])).toBe(5);
        expect(median([100, 9])).toBe(54.5); // as numbers, not as text
        expect(median([])).toBeNaN();
    });
    it('leaves its argument alone', () => {
        const numbers = [3, 1, 2];
        median(numbers);
        expect(numbers).toEqual([3, 1, 2]);
    });
});
describe('paired ratios', () => {
    it('do not see a machine that slows down for both', () => {
        const of = [800, 400, 80];
        const to = [1000, 500, 100];
        expect(pairedRatios(of, to)).toEqual([0.8, 0.8, 0.8]);
    });
    it('differ from the ratio of the medians, which pairs one round with another', () => {
        const of = [50, 100, 300];
        const to = [500, 200, 300];
        expect(median(pairedRatios(of, to))).toBe(0.5);
        expect(median(of) / median(to)).toBeCloseTo(0.33);
    });
    it('refuse rounds that have no partner', () => {
        expect(() => pairedRatios([1, 2], [1])).toThrow(RangeError);
    });
});
describe('the order of a round', () => {
    const rows = ['a', 'b', 'c', 'd'];
    it('has every row once', () => {
        for (let round = 0; round < 9; round++)
            expect(orderOf(rows, round).toSorted()).toEqual(rows);
    });
    it('puts no row always first, and none always after the same one', () => {
        const orders = rows.map((_, round) => orderOf(rows, round));
        expect(new Set(orders.map(([first]) => first)).size).toBeGreaterThan(1);
        const before = (row) => orders.map((order) => order[order.indexOf(row) - 1]);
        for (const row of rows)
            expect(new Set(before(row)).size).toBeGreaterThan(1);
    });
});
it('a percentile needs ten samples beyond it', () => {
    expect(supports(999, 99)).toBe(false);
    expect(supports(1_000, 99)).toBe(true);
    expect(supports(1_000, 99.9)).toBe(false);
    expect(supports(20, 50)).toBe(true);
});
//# sourceMappingURL=figures.test.js.map