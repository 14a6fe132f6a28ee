import fc from 'fast-check';
import { test } from 'vitest';
import {
  countSerials,
  includesSerial,
  type SerialRanges,
  withSerials,
} from '../../src/booking/serial-ranges.js';
import { expectEqual } from '../support/expect-equal.js';

test('ranges behave like a set of numbers, ascending and never adjacent', () => {
  const added = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(4)), { maxLength: 25 });
  fc.assert(
    fc.property(added, (ranges) => {
      let actual: SerialRanges = [];
      const model = new Set<number>();
      for (const [first, more] of ranges) {
        const before = structuredClone(actual);
        const after = withSerials(actual, first, first + more);
        expectEqual(actual, before);
        actual = after;
        for (let serial = first; serial <= first + more; serial++) model.add(serial);
        for (let serial = 0; serial < 50; serial++) {
          expectEqual(includesSerial(actual, serial), model.has(serial));
        }
        expectEqual(countSerials(actual), model.size);
        actual.forEach(([start], index) => {
          expectEqual(start > (actual[index - 1]?.[1] ?? -2) + 1, true);
        });
      }
    }),
  );
});
