import fc from 'fast-check';
import type { Buy } from '../../src/booking/commands.js';
import type { TicketState } from '../../src/booking/inventory.js';
import { anEvent } from '../support/folder.js';

export const ids = ['a', 'b', 'constructor'] as const;

/** States of one to three events with few tickets, some of them sold. */
export const ticketStates = fc
  .record({
    version: fc.nat(1000),
    events: fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { minLength: 1, maxLength: 3 }),
  })
  .map(({ version, events }): TicketState => {
    const entries = events.map(([remaining, sold], index) => [
      ids[index],
      anEvent(remaining + sold, { remaining }),
    ]);
    return { version, events: Object.fromEntries(entries) };
  });

/** Batches of buys without keys, some of unknown events. */
export const batches: fc.Arbitrary<Buy[]> = fc.array(
  fc.record({
    kind: fc.constant('buy' as const),
    eventId: fc.constantFrom(...ids, 'nowhere', '__proto__', 'toString'),
    customer: fc.constant('Ada'),
    quantity: fc.integer({ min: 1, max: 10 }),
  }),
  { maxLength: 12 },
);

export const keys = ['k0', 'k1', 'k2'] as const;

/** Buys that often share a key, and often differ in one field only. */
export const keyedBuys: fc.Arbitrary<Required<Buy>> = fc.record({
  kind: fc.constant('buy' as const),
  eventId: fc.constantFrom('a', 'b'),
  customer: fc.constantFrom('Ada', 'Bob'),
  quantity: fc.integer({ min: 1, max: 2 }),
  key: fc.constantFrom(...keys),
});
