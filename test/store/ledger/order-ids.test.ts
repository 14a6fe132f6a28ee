import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrderIds } from '../../../src/store/ledger/order-ids.js';

const ids = new OrderIds('secret', 'ledger');
const line = { writer: 'AAAAAAAA.1' };
const places = fc.record({
  offset: fc.integer({ min: 0, max: 36 ** 10 - 1 }),
  index: fc.integer({ min: 0, max: 4095 }),
});

describe('an order id', () => {
  test('says where its sale stands, and of which line it is', () => {
    fc.assert(
      fc.property(places, fc.string(), (sale, writer) => {
        const named = ids.read(ids.make(sale, { writer }));
        expect(named?.sale).toEqual(sale);
        expect(named?.isIn({ writer })).toBe(true);
        expect(named?.isIn({ writer: `${writer}x` })).toBe(false);
      }),
    );
  });

  test('is refused when a single character of it was changed', () => {
    const id = ids.make({ offset: 123_456, index: 7 }, line);
    for (let place = 0; place < id.length; place++) {
      for (const other of ['a', 'Z', '0', '-', '_', ' ', '']) {
        const forged = id.slice(0, place) + other + id.slice(place + 1);
        if (forged !== id) expect(ids.read(forged)).toBeUndefined();
      }
    }
  });

  test('of another ledger or another secret is refused', () => {
    const sale = { offset: 1, index: 0 };
    expect(ids.read(new OrderIds('secret', 'another').make(sale, line))).toBeUndefined();
    expect(ids.read(new OrderIds('other', 'ledger').make(sale, line))).toBeUndefined();
  });

  test('of any other shape is refused', () => {
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
