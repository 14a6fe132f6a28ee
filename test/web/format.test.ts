import { describe, expect, test } from 'vitest';
import { formatPrice, formatStart } from '../../src/web/format.js';

const price = (currency: string, amount = 150_000) =>
  formatPrice({ amount, currency }).replaceAll('\u00a0', ' ');

describe('formatPrice', () => {
  test.each([
    ['EUR', '€1,500.00'],
    ['JPY', '¥150,000'],
    ['KWD', 'KWD 150.000'],
    ['CLF', 'CLF 15.0000'],
    // In CLDR these have no decimal places.
    ['RSD', 'RSD 1,500.00'],
    ['IQD', 'IQD 150.000'],
    ['HUF', 'HUF 1,500.00'],
    ['COP', 'COP 1,500.00'],
    ['ISK', 'ISK 150,000'],
  ])('%s has the minor unit of ISO 4217', (currency, expected) => {
    expect(price(currency)).toBe(expected);
  });

  test('keeps the last digit of every amount', () => {
    expect(price('EUR', 1)).toBe('€0.01');
    expect(price('IQD', 1)).toBe('IQD 0.001');
    expect(price('EUR', 0)).toBe('free');
  });

  test('negative control: the digits of Intl are those of cash', () => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: 'IQD' });
    expect(format.resolvedOptions().maximumFractionDigits).not.toBe(3);
  });
});

describe('formatStart', () => {
  // In another time zone: test/web/box-office-tests.ts.
  test.each([
    ['2026-03-08T02:30:00+01:00', 'Sun, Mar 8, 2026, 02:30'],
    ['2026-03-29T02:30:00Z', 'Sun, Mar 29, 2026, 02:30'],
    ['2026-03-29T02:30-05:00', 'Sun, Mar 29, 2026, 02:30'],
    ['2026-12-31T00:00:00.5+13:45', 'Thu, Dec 31, 2026, 00:00'],
  ])('shows %s as it is written', (startsAt, shown) => {
    expect(formatStart(startsAt)).toBe(shown);
  });
});
