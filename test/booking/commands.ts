import fc from 'fast-check';
import type { Command } from '../../src/booking/commands.js';
import { ids } from './arbitraries.js';

/** A command of a random script; holds, orders and events are chosen by number. */
export type Draw = (typeof draws extends fc.Arbitrary<infer Each> ? Each : never) & object;

export const draws = fc.record({
  kind: fc.constantFrom(
    'buy',
    'buy',
    'hold',
    'hold',
    'confirm',
    'release',
    'cancel',
    'admit',
    'saveEvent',
    'removeEvent',
    'expireHolds',
  ),
  eventId: fc.constantFrom(...ids, 'nowhere'),
  quantity: fc.integer({ min: 1, max: 3 }),
  pick: fc.nat(9),
  seconds: fc.integer({ min: 1, max: 60 }),
  revision: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});

/** What was made so far, for commands that are about it. */
export interface Made {
  readonly holds: string[];
  readonly orders: { orderId: string; eventId: string; serials: readonly number[] }[];
}

/** Makes a command of a draw. */
export function commandOf(draw: Draw, made: Made, newHoldId: () => string): Command {
  const { kind, eventId, quantity, pick, seconds, revision } = draw;
  const customer = 'Ada';
  const holdId = made.holds[pick % Math.max(1, made.holds.length)] ?? 'h-none';
  switch (kind) {
    case 'buy':
      return { kind, eventId, customer, quantity };
    case 'hold':
      return { kind, eventId, customer, quantity, seconds, holdId: newHoldId() };
    case 'confirm':
    case 'release':
      return { kind, holdId };
    case 'cancel': {
      const order = made.orders[pick % Math.max(1, made.orders.length)];
      return { kind, order: order ?? { orderId: 'o', eventId: 'nowhere', serials: [1] } };
    }
    case 'admit':
      return { kind, eventId, serial: pick, door: 'north' };
    case 'saveEvent':
      return {
        kind,
        eventId,
        event: { ...detailsOf(eventId), capacity: pick },
        ...(revision !== undefined && { revision }),
      };
    case 'removeEvent':
      return { kind, eventId };
    case 'expireHolds':
      return { kind };
  }
}

const detailsOf = (eventId: string) => ({
  name: eventId,
  venue: 'The Hall',
  startsAt: '2030-01-01T20:00:00+00:00',
  price: { amount: 1000, currency: 'EUR' },
});
