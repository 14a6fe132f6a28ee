import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Op } from '../../../src/store/ledger/ops.js';
import { RecentOps } from '../../../src/store/ledger/recent-ops.js';
import { expectEqual } from '../../support/expect-equal.js';
import { op } from './ledger-lines.js';

const keys = ['k0', 'k1', 'k2', 'k3', 'k4', '__proto__'];
const holds = ['h0', 'h1', 'h2', '__proto__'];

const key = fc.option(fc.constantFrom(...keys), { nil: undefined });
const withKey = (key: string | undefined) => (key === undefined ? {} : { key });

const ops: fc.Arbitrary<Op> = fc.oneof(
  key.map((each) => op(1, 9, withKey(each))),
  key.map((each) => ({ op: 'admit', event: 'a', serial: 1, door: '1', ...withKey(each) }) as const),
  fc.constantFrom(...holds).map((hold) => op(1, 9, { hold })),
  fc
    .constantFrom(...holds)
    .map((hold) => ({ op: 'release', hold, event: 'a', quantity: 1, left: 9 }) as const),
  fc.subarray(holds, { minLength: 1 }).map((ids) => ({ op: 'expire', holds: ids }) as const),
);

/** Lines of operations, each with one of a few keys or holds, or with neither. */
const histories = fc.array(fc.array(ops, { minLength: 1, maxLength: 4 }), { maxLength: 30 });

const sizes = fc.integer({ min: 1, max: 12 });

/** The reference model: a list of all operations, of which the last `size` are remembered. */
function referenceWindow(lines: readonly (readonly Op[])[], size: number) {
  const all = lines.flatMap((line, number) =>
    line.map((op, index) => ({ op, at: { offset: 100 * number, index } })),
  );
  const last = all.slice(-size);
  return {
    count: all.length,
    from: last[0]?.at.offset,
    findByKey: (key: string) => last.findLast(({ op }) => 'key' in op && op.key === key)?.at,
    findEnd(hold: string) {
      const found = last.findLast(({ op }) =>
        op.op === 'expire' ? op.holds.includes(hold) : 'hold' in op && op.hold === hold,
      );
      if (found === undefined) return undefined;
      const ends = { expire: 'expired', release: 'released' } as const;
      return found.op.op === undefined
        ? { end: 'confirmed', op: found.at }
        : { end: ends[found.op.op as keyof typeof ends] };
    },
  };
}

const everything = (window: RecentOps, end: number) => [
  window.count,
  window.from(end),
  ...keys.map((key) => window.findByKey(key)?.op),
  ...holds.map((hold) => window.findEnd(hold)),
];

describe('recent operations', () => {
  test('are remembered by key and by hold, first in, first out', () => {
    fc.assert(
      fc.property(histories, sizes, (lines, size) => {
        const window = new RecentOps(0, size);
        for (const [number, line] of lines.entries()) {
          window.take(100 * number, line);
          const model = referenceWindow(lines.slice(0, number + 1), size);
          expectEqual(everything(window, 9999), [
            model.count,
            model.from,
            ...keys.map(model.findByKey),
            ...holds.map(model.findEnd),
          ]);
        }
      }),
    );
  });

  test('are the same when they are rebuilt from the offset that they report', () => {
    fc.assert(
      fc.property(histories, sizes, (lines, size) => {
        const whole = new RecentOps(0, size);
        for (const [number, line] of lines.entries()) whole.take(100 * number, line);
        const end = 100 * lines.length;
        const from = whole.from(end) / 100;
        const rebuilt = new RecentOps(lines.slice(0, from).flat().length, size);
        for (const [number, line] of lines.entries()) {
          if (number >= from) rebuilt.take(100 * number, line);
        }
        expectEqual(everything(rebuilt, end), everything(whole, end));
      }),
    );
  });

  test('of a long ledger are forgotten', () => {
    const window = new RecentOps(0, 10);
    for (let line = 0; line < 20_000; line++) {
      window.take(line, [op(1, 9, { key: `key ${line}`, hold: `hold ${line}` })]);
    }
    expect(window.from(0)).toBe(19_990);
    expect(window.findByKey('key 19989')).toBeUndefined();
    expect(window.findEnd('hold 19989')).toBeUndefined();
    expect(window.findByKey('key 19990')).toMatchObject({ op: { offset: 19_990, index: 0 } });
    expect(window.findEnd('hold 19990')).toMatchObject({ op: { offset: 19_990, index: 0 } });
  });

  test('keep what was asked for with a key', () => {
    const window = new RecentOps(0);
    const asked = (each: Op) => {
      window.take(0, [each]);
      return window.findByKey('k')?.request;
    };
    const held = {
      op: 'hold',
      hold: 'h',
      left: 1,
      total: [1, 'EUR'],
      until: '',
      key: 'k',
    } as const;
    const requests = [
      asked(op(1, 9, { key: 'k' })),
      asked(op(1, 9, { key: 'k', event: 'b' })),
      asked(op(1, 9, { key: 'k', customer: 'Bob' })),
      asked(op(1, 9, { key: 'k', quantity: 2 })),
      asked({ ...held, event: 'a', customer: 'Ada', quantity: 1 }),
      asked({ op: 'admit', event: 'a', serial: 1, door: '1', key: 'k' }),
      asked({ op: 'admit', event: 'a', serial: 2, door: '1', key: 'k' }),
    ];
    expect(new Set(requests).size).toBe(requests.length);
    expect(asked(op(7, 2, { key: 'k' }))).toBe(requests[0]); // another ticket, the same request
  });

  test('are caught by the model if they are counted by number of keys', () => {
    class EvictsByKeys extends RecentOps {
      override take(offset: number, ops: Parameters<RecentOps['take']>[1]): void {
        super.take(
          offset,
          ops.filter((op) => 'key' in op),
        );
      }
    }
    const window = new EvictsByKeys(0, 2);
    const lines = ['k0', undefined, undefined].map((key) => [op(1, 9, withKey(key))]);
    for (const line of lines) window.take(0, line);
    expect(referenceWindow(lines, 2).findByKey('k0')).toBeUndefined();
    expect(window.findByKey('k0')).toBeDefined();
  });
});
