import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyHash, KeyWindow } from '../../../src/store/ledger/idempotency-keys.js';
import { op } from './ledger-lines.js';

const keys = ['k0', 'k1', 'k2', 'k3', 'k4', '__proto__'];

/** Lines of sales, each with one of a few keys or with none. */
const histories = fc.array(
  fc.array(fc.option(fc.constantFrom(...keys), { nil: undefined }), { minLength: 1, maxLength: 4 }),
  { maxLength: 30 },
);

const opWith = (key: string | undefined) => op(1, 9, key === undefined ? {} : { key });

/** The reference model: a list of all sales, of which the last `size` are remembered. */
function referenceWindow(lines: readonly (readonly (string | undefined)[])[], size: number) {
  const sales = lines.flatMap((line, number) =>
    line.map((key, index) => ({ key, sale: { offset: 100 * number, index } })),
  );
  const last = sales.slice(-size);
  const find = (key: string) => last.findLast((sale) => sale.key === key)?.sale;
  return { find, sales: sales.length, from: last[0]?.sale.offset };
}

describe('key window', () => {
  test('remembers the keys of the newest sales, first in, first out', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (lines, size) => {
        const window = new KeyWindow(0, size);
        for (const [number, line] of lines.entries()) {
          window.take(100 * number, line.map(opWith));
          const model = referenceWindow(lines.slice(0, number + 1), size);
          const found = keys.map((key) => window.find(key)?.sale);
          expect([window.sales, window.from(9999), ...found]).toEqual([
            model.sales,
            model.from,
            ...keys.map(model.find),
          ]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is the same when it is rebuilt from the offset that it reports', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (lines, size) => {
        const whole = new KeyWindow(0, size);
        for (const [number, line] of lines.entries()) whole.take(100 * number, line.map(opWith));
        const from = whole.from(100 * lines.length) / 100;
        const before = lines.slice(0, from).flat().length;
        const rebuilt = new KeyWindow(before, size);
        for (const [number, line] of lines.entries()) {
          if (number >= from) rebuilt.take(100 * number, line.map(opWith));
        }
        expect([rebuilt.sales, rebuilt.from(1), ...keys.map((key) => rebuilt.find(key))]).toEqual([
          whole.sales,
          lines.length === 0 ? 1 : from * 100,
          ...keys.map((key) => whole.find(key)),
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test('forgets the lines of a long ledger', () => {
    const window = new KeyWindow(0, 10);
    for (let line = 0; line < 20_000; line++) window.take(line, [opWith(`key ${line}`)]);
    expect(window.from(0)).toBe(19_990);
    expect(window.find('key 19989')).toBeUndefined();
    expect(window.find('key 19990')).toMatchObject({ sale: { offset: 19_990, index: 0 } });
  });

  test('distinguishes buys by event, customer and quantity', () => {
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

  test('is caught by the model if it evicts by number of keys instead of sales', () => {
    class EvictsByKeys extends KeyWindow {
      override take(offset: number, ops: Parameters<KeyWindow['take']>[1]): void {
        super.take(
          offset,
          ops.filter(({ key }) => key !== undefined),
        );
      }
    }
    const window = new EvictsByKeys(0, 2);
    for (const key of ['k0', undefined, undefined]) window.take(0, [opWith(key)]);
    expect(referenceWindow([['k0'], [undefined], [undefined]], 2).find('k0')).toBeUndefined();
    expect(window.find('k0')).toBeDefined();
  });
});
