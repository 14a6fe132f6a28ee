import { expect, test } from 'vitest';
import { describeSale, nextChange, saleState } from '../../src/web/sale-window.js';

const window = { salesFrom: '2027-01-01T10:00:00+01:00', salesUntil: '2027-02-01T00:00:00Z' };
const at = (time: string): number => Date.parse(time);

test.each([
  ['2027-01-01T08:59:59.999Z', 'opensLater', window.salesFrom],
  ['2027-01-01T09:00:00Z', 'open', window.salesUntil],
  ['2027-01-31T23:59:59.999Z', 'open', window.salesUntil],
  ['2027-02-01T00:00:00Z', 'closed', undefined],
])('at %s the sale is %s', (time, state, next) => {
  expect(saleState(window, at(time))).toBe(state);
  expect(nextChange(window, at(time))).toBe(next && at(next));
});

test('without times it is always open, and nothing is said', () => {
  expect(saleState({}, 0)).toBe('open');
  expect(nextChange({}, 0)).toBeUndefined();
  expect(describeSale({}, 0)).toBe('');
});

test('it says when', () => {
  expect(describeSale(window, at('2026-12-01T00:00:00Z'))).toMatch(/^On sale from .*2027/);
  expect(describeSale(window, at('2028-01-01T00:00:00Z'))).toMatch(/^The sale ended on .*2027/);
});
