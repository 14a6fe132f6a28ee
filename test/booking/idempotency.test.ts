import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Buy } from '../../src/booking/commands.js';
import { decide } from '../../src/booking/decide.js';
import { decideWithKeys, type FindByKey, requestOf } from '../../src/booking/idempotency.js';
import type { TicketState } from '../../src/booking/inventory.js';
import { anEvent } from '../support/folder.js';
import { batches, keyedBuys, keys, ticketStates } from './arbitraries.js';

type KeyedBuy = Required<Buy>;

const NOW = '2027-01-01T10:00:00.000Z';
const state: TicketState = { version: 7, events: { a: anEvent(10), b: anEvent(3) } };
const buy = (changes: Partial<KeyedBuy> = {}): KeyedBuy => ({
  kind: 'buy',
  eventId: 'a',
  customer: 'Ada',
  quantity: 2,
  key: 'k0',
  ...changes,
});

const nothingEarlier: FindByKey<never> = () => undefined;

/** Finds earlier sales; each buy stands for its sale. */
function earlierSales(...buys: readonly KeyedBuy[]): FindByKey<KeyedBuy> {
  const byKey = new Map(buys.map((sale) => [sale.key, sale]));
  return (key) => {
    const earlier = byKey.get(key);
    if (earlier === undefined) return undefined;
    return { earlier, matches: (request) => requestOf(request) === requestOf(earlier) };
  };
}

/** Batches in which no key occurs twice, as the queue makes them. */
const keyedBatches = fc.array(fc.tuple(keyedBuys, fc.boolean()), { maxLength: 12 }).map((drawn) => {
  const used = new Set<string>();
  return drawn.map(([{ key, ...rest }, withKey]): Buy => {
    if (!withKey || used.has(key)) return rest;
    used.add(key);
    return { ...rest, key };
  });
});

describe('decideWithKeys', () => {
  test('decides like decide if no command has a key', () => {
    fc.assert(
      fc.property(ticketStates, batches, (initial, batch) => {
        const decision = decideWithKeys(initial, batch, NOW, nothingEarlier);
        expect({ ...decision }).toEqual({ ...decide(initial, batch, NOW) });
      }),
    );
  });

  test('decides what has no known key as if the rest were not there', () => {
    fc.assert(
      fc.property(ticketStates, keyedBatches, fc.array(keyedBuys), (initial, batch, earlier) => {
        const known = new Set(earlier.map(({ key }) => key));
        const isKnown = ({ key }: Buy) => key !== undefined && known.has(key);
        const { outcomes, after } = decideWithKeys(initial, batch, NOW, earlierSales(...earlier));
        const rest = decide(
          initial,
          batch.filter((each) => !isKnown(each)),
          NOW,
        );
        expect(outcomes.filter((_, index) => !isKnown(batch[index] as Buy))).toEqual(rest.outcomes);
        expect(after).toEqual(rest.after);
        for (const [index, outcome] of outcomes.entries()) {
          if (!isKnown(batch[index] as Buy)) continue;
          expect(['replayed', 'keyReused']).toContain(outcome.kind);
        }
      }),
    );
  });

  test('replays an earlier sale to the same buy, and commits nothing', () => {
    const earlier = buy();
    const decision = decideWithKeys(state, [buy()], NOW, earlierSales(earlier));
    expect(decision.outcomes).toEqual([{ kind: 'replayed', earlier }]);
    expect([decision.changed, decision.version]).toEqual([false, 7]);
    expect(decision.after).toBe(state);
  });

  test.each([
    ['event', { eventId: 'b' }],
    ['customer', { customer: 'Bob' }],
    ['quantity', { quantity: 1 }],
  ])('refuses a key for another %s', (_, changes) => {
    const { outcomes } = decideWithKeys(state, [buy(changes)], NOW, earlierSales(buy()));
    expect(outcomes).toEqual([{ kind: 'keyReused', version: 7 }]);
  });

  test('refuses the key of a buy for a hold of the same', () => {
    const { key, eventId, customer, quantity } = buy();
    const hold = {
      kind: 'hold',
      holdId: 'h1',
      seconds: 60,
      key,
      eventId,
      customer,
      quantity,
    } as const;
    const { outcomes } = decideWithKeys(state, [hold], NOW, earlierSales(buy()));
    expect(outcomes).toEqual([{ kind: 'keyReused', version: 7 }]);
  });

  test('would sell twice without the keys', () => {
    const once = decide(state, [buy()], NOW).after;
    expect(decide(once, [buy()], NOW).outcomes).toMatchObject([{ serials: [3, 4] }]);
    expect(keys).toContain('k0');
  });
});
