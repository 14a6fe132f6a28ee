import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/booking/decide.js';
import { decideWithKeys, type FindByKey, sameBuy } from '../../src/booking/idempotency.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy } from '../../src/booking/commands.js';
import type { KeyReused, Outcome } from '../../src/booking/outcomes.js';
import { anEvent } from '../support/folder.js';
import { batches, keyedBatches, keyedBuys, ticketStates } from './arbitraries.js';

type KeyedBuy = Required<Buy>;

const state: TicketState = { version: 7, events: { a: anEvent(10), b: anEvent(3) } };
const buy = (changes: Partial<KeyedBuy> = {}): KeyedBuy => ({
  eventId: 'a',
  customer: 'Ada',
  quantity: 2,
  key: 'k0',
  ...changes,
});

const noEarlierSales: FindByKey<never> = () => undefined;

/** Finds earlier sales; each buy stands for its sale. */
function earlierSales(...buys: readonly KeyedBuy[]): FindByKey<KeyedBuy> {
  const byKey = new Map(buys.map((sale) => [sale.key, sale]));
  return (key) => {
    const sale = byKey.get(key);
    return sale && { sale, matches: (other) => sameBuy(sale, other) };
  };
}

/** The reference model: decides the buys one by one with `decide`, and keeps a table of the keys. */
function decideOneByOne(initial: TicketState, buys: readonly Buy[]): (Outcome | KeyReused)[] {
  const sales = new Map<string, { buy: Buy; outcome: Outcome }>();
  let current = initial;
  return buys.map((each) => {
    const { eventId, key } = each;
    const sale = key === undefined ? undefined : sales.get(key);
    if (sale !== undefined) {
      const reused = { kind: 'keyReused', eventId, version: current.version } as const;
      return sameBuy(sale.buy, each) ? sale.outcome : reused;
    }
    const { outcomes, after } = decide(current, [each]);
    const outcome = outcomes[0] as Outcome;
    current = after;
    if (key !== undefined && outcome.kind === 'sold') sales.set(key, { buy: each, outcome });
    return outcome;
  });
}

const withoutVersion = (outcome: object) => ({ ...outcome, version: undefined });

describe('decideWithKeys', () => {
  test('decides like decide if no buy has a key', () => {
    fc.assert(
      fc.property(ticketStates, batches, (initial, batch) => {
        const { outcomes, sells, version, after } = decideWithKeys(initial, batch, noEarlierSales);
        const expected = decide(initial, batch);
        expect({ outcomes, sells, version, after }).toEqual({ ...expected });
      }),
    );
  });

  test('decides a batch as if its buys had come one by one', () => {
    fc.assert(
      fc.property(ticketStates, keyedBatches, (initial, batch) => {
        const { outcomes } = decideWithKeys(initial, batch, noEarlierSales);
        const expected = decideOneByOne(initial, batch);
        expect(outcomes.map(withoutVersion)).toEqual(expected.map(withoutVersion));
      }),
    );
  });

  test('sells no key twice', () => {
    fc.assert(
      fc.property(ticketStates, keyedBatches, fc.array(keyedBuys), (initial, batch, earlier) => {
        const { outcomes } = decideWithKeys(initial, batch, earlierSales(...earlier));
        const sold = [...new Set(outcomes)].filter(({ kind }) => kind === 'sold');
        const keysSold = sold.flatMap((each) => ('key' in each ? [each.key] : []));
        expect(new Set(keysSold).size).toBe(keysSold.length);
        for (const { key } of earlier) expect(keysSold).not.toContain(key);
      }),
    );
  });

  test('replays an earlier sale to the same buy, and commits nothing', () => {
    const earlier = buy();
    const decision = decideWithKeys(state, [buy()], earlierSales(earlier));
    expect(decision.outcomes).toEqual([{ kind: 'replayed', sale: earlier }]);
    expect([decision.sells, decision.version]).toEqual([false, 7]);
    expect(decision.after).toBe(state);
  });

  test.each([
    ['event', { eventId: 'b' }],
    ['customer', { customer: 'Bob' }],
    ['quantity', { quantity: 1 }],
  ])('refuses a key for another %s, in a later batch and in the same one', (_, changes) => {
    const other = buy(changes);
    const { eventId } = other;
    const later = decideWithKeys(state, [other], earlierSales(buy()));
    expect(later.outcomes).toEqual([{ kind: 'keyReused', eventId, version: 7 }]);
    const { outcomes } = decideWithKeys(state, [buy(), other], noEarlierSales);
    expect(outcomes).toMatchObject([
      { kind: 'sold', serials: [1, 2] },
      { kind: 'keyReused', eventId, version: 8 },
    ]);
  });

  test('gives two equal buys of one batch the same outcome object', () => {
    const { outcomes, after } = decideWithKeys(state, [buy(), buy()], noEarlierSales);
    expect(outcomes[1]).toBe(outcomes[0]);
    expect(after.events.a?.remaining).toBe(8);
  });

  test('would sell both without the keys', () => {
    const { outcomes } = decide(state, [buy(), buy()]);
    expect(outcomes).toMatchObject([{ serials: [1, 2] }, { serials: [3, 4] }]);
  });

  test('does not remember the key of a refused buy', () => {
    const tooMany = buy({ eventId: 'b', quantity: 4 });
    const { outcomes } = decideWithKeys(state, [tooMany, buy()], noEarlierSales);
    expect(outcomes).toMatchObject([{ kind: 'soldOut' }, { kind: 'sold', key: 'k0' }]);
  });
});
