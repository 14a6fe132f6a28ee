import fc from 'fast-check';
import { test } from 'vitest';
import type { Hold } from '../../../src/booking/inventory.js';
import { OpenHolds } from '../../../src/store/ledger/open-holds.js';
import { expectEqual } from '../../support/expect-equal.js';

const untilOf = (second: number): string => new Date(second * 1000).toISOString();

const aHold = (second: number): Hold => ({
  eventId: 'a',
  customer: 'Ada',
  quantity: 1,
  total: { amount: 1000, currency: 'EUR' },
  until: untilOf(second),
});

const id = fc.integer({ min: 0, max: 9 }).map((number) => `h${number}`);
const second = fc.nat(5);

test('holds are due by their time, the next one first, whatever the order in which they came and ended', () => {
  const steps = fc.array(fc.oneof(fc.tuple(id, second), fc.tuple(id)), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (taken) => {
      const holds = new OpenHolds();
      const model = new Map<string, Hold>();
      for (const [name, at] of taken) {
        if (at === undefined) {
          holds.end(name);
          model.delete(name);
        } else {
          holds.put(name, aHold(at));
          model.set(name, aHold(at));
        }
        for (let now = 0; now <= 5; now++) {
          const due = holds.due(untilOf(now));
          const expected = [...model].flatMap(([each, { until }]) =>
            until <= untilOf(now) ? [each] : [],
          );
          expectEqual([...due].sort(), expected.sort());
          const times = due.map((each) => holds.get(each)?.until ?? '');
          expectEqual(times, [...times].sort());
        }
        expectEqual(holds.count, model.size);
        expectEqual({ ...holds.all }, Object.fromEntries(model));
      }
    }),
  );
});
