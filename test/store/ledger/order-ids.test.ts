import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrderIds } from '../../../src/store/ledger/order-ids.js';

const ids = new OrderIds('secret', 'ledger');
const line = { writer: 'AAAAAAAA.1' };
const sales = fc.record({
  offset: fc.integer({ min: 0, max: 36 ** 10 - 1 }),
  index: fc.integer({ min: 0, max: 4095 }),
});

describe('order id', () => {
  test('contains the position of its sale, and identifies its line', () => {
    fc.assert(
      fc.property(sales, fc.string(), (sale, writer) => {
        const named = ids.read(ids.make(sale, { writer }));
        expect(named?.sale).toEqual(sale);
        expect(named?.isIn({ writer })).toBe(true);
        expect(named?.isIn({ writer: `${writer}x` })).toBe(false);
      }),
    );
  });

  test('is rejected if a single character was changed', () => {
    const id = ids.make({ offset: 123_456, index: 7 }, line);
    for (let index = 0; index < id.length; index++) {
      for (const other of ['a', 'Z', '0', '-', '_', ' ', '']) {
        const forged = id.slice(0, index) + other + id.slice(index + 1);
        if (forged !== id) expect(ids.read(forged)).toBeUndefined();
      }
    }
  });

  test('is rejected if it was made for another ledger or with another secret', () => {
    const sale = { offset: 1, index: 0 };
    expect(ids.read(new OrderIds('secret', 'another').make(sale, line))).toBeUndefined();
    expect(ids.read(new OrderIds('other', 'ledger').make(sale, line))).toBeUndefined();
  });

  test('is rejected in any other shape', () => {
    fc.assert(fc.property(fc.string(), (id) => ids.read(id) === undefined));
    for (const id of [
      '',
      '-',
      '---',
      '1-1-1-',
      'é'.repeat(20),
      `${ids.make({ offset: 1, index: 1 }, line)}\n`,
    ]) {
      expect(ids.read(id)).toBeUndefined();
    }
  });
});
