import fc from 'fast-check';
import type { Buy } from '../../../src/booking/commands.js';

const buys: fc.Arbitrary<Buy> = fc.oneof(
  fc.record({
    kind: fc.constant('buy'),
    eventId: fc.constantFrom('a', 'b', '__proto__'),
    customer: fc.constantFrom('Ada', 'Bob'),
    quantity: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('buy'),
    eventId: fc.constantFrom('a', 'b'),
    customer: fc.constant('Ada'),
    quantity: fc.integer({ min: 1, max: 2 }),
    key: fc.constantFrom('k1', 'k2', 'k3'),
  }),
);

/** As the queue forms them: no two buys of a batch have the same key. */
const batches = fc
  .array(buys, { minLength: 1, maxLength: 4 })
  .map((batch) =>
    batch.filter(
      ({ key }, index) =>
        key === undefined || batch.findIndex((each) => each.key === key) === index,
    ),
  );

/** For each of two or three writers, the batches that it sells one after the other. */
export const batchesPerWriter = fc.array(fc.array(batches, { minLength: 1, maxLength: 4 }), {
  minLength: 2,
  maxLength: 3,
});
