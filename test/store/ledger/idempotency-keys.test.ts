import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyHash, KeyWindow } from '../../../src/store/ledger/idempotency-keys.js';
import { op } from './lines-of.js';

const keys = ['k0', 'k1', 'k2', 'k3', 'k4', '__proto__'];

/** Lines of sales, with a key from few or with none. */
const histories = fc.array(
  fc.array(fc.option(fc.constantFrom(...keys), { nil: undefined }), { minLength: 1, maxLength: 4 }),
  { maxLength: 30 },
);

const opWith = (key: string | undefined) => op(1, 9, key === undefined ? {} : { key });

/** The model: all sales in a list, of which the last `size` are looked at. */
function remembered(lines: readonly (readonly (string | undefined)[])[], size: number) {
  const sales = lines.flatMap((line, number) =>
    line.map((key, index) => ({ key, sale: { offset: 100 * number, index } })),
  );
  const last = sales.slice(-size);
  const of = (key: string) => last.findLast((sale) => sale.key === key)?.sale;
  return { of, sales: sales.length, from: last[0]?.sale.offset };
}

describe('the window of keys', () => {
  test('remembers the last sales, first in, first out', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (lines, size) => {
        const window = new KeyWindow(0, size);
        for (const [number, line] of lines.entries()) {
          window.take(100 * number, line.map(opWith));
          const model = remembered(lines.slice(0, number + 1), size);
          for (const key of keys) expect(window.find(key)?.sale).toEqual(model.of(key));
          expect(window.sales).toBe(model.sales);
          expect(window.from(9999)).toBe(model.from);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is the same when it begins where it says that it reaches back to', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (lines, size) => {
        const whole = new KeyWindow(0, size);
        for (const [number, line] of lines.entries()) whole.take(100 * number, line.map(opWith));
        const from = whole.from(100 * lines.length) / 100;
        const before = lines.slice(0, from).flat().length;
        const late = new KeyWindow(before, size);
        for (const [number, line] of lines.entries()) {
          if (number >= from) late.take(100 * number, line.map(opWith));
        }
        for (const key of keys) expect(late.find(key)).toEqual(whole.find(key));
        expect([late.sales, late.from(1)]).toEqual([
          whole.sales,
          lines.length === 0 ? 1 : from * 100,
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test('needs no more memory for a long history', () => {
    const window = new KeyWindow(0, 10);
    for (let line = 0; line < 20_000; line++) window.take(line, [opWith(`key ${line}`)]);
    expect(window.from(0)).toBe(19_990);
    expect(window.find('key 19989')).toBeUndefined();
    expect(window.find('key 19990')).toMatchObject({ sale: { offset: 19_990, index: 0 } });
  });

  test('tells two buys apart in everything that they ask for', () => {
    const bodies = [
      bodyHash('a', 'Ada', 1),
      bodyHash('b', 'Ada', 1),
      bodyHash('a', 'Bob', 1),
      bodyHash('a', 'Ada', 2),
      bodyHash('a","Ada', '', 1),
      bodyHash('a', '","Ada', 1),
    ];
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  test('that evicts by number of keys instead of sales would be caught', () => {
    class ByKeys extends KeyWindow {
      override take(offset: number, ops: Parameters<KeyWindow['take']>[1]): void {
        super.take(
          offset,
          ops.filter(({ key }) => key !== undefined),
        );
      }
    }
    const window = new ByKeys(0, 2);
    for (const key of ['k0', undefined, undefined]) window.take(0, [opWith(key)]);
    expect(remembered([['k0'], [undefined], [undefined]], 2).of('k0')).toBeUndefined();
    expect(window.find('k0')).toBeDefined();
  });
});
