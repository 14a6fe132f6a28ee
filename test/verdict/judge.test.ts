import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import { BitSet } from '../../src/verdict/bit-set.js';
import { judge } from '../../src/verdict/judge.js';
import { type CountedSale, Tally } from '../../src/verdict/tally.js';
import { anEvent } from '../support/folder.js';

const stateWith = (remaining: number, version: number): TicketState => ({
  version,
  events: { a: anEvent(3, { remaining }), b: anEvent(5) },
});

function verdictOf(state: TicketState, sales: readonly Partial<CountedSale>[], settled = true) {
  const tally = new Tally();
  for (const [index, sale] of sales.entries()) {
    tally.add({ commit: `c${index}`, version: index + 1, eventId: 'a', serials: [], ...sale });
  }
  return judge(tally.toHistory(state, settled));
}

describe('the verdict', () => {
  test('holds when every ticket was sold once', () => {
    expect(verdictOf(stateWith(1, 2), [{ serials: [1] }, { serials: [2] }])).toEqual({
      verdict: 'holds',
      version: 2,
      events: [
        { id: 'a', capacity: 3, sold: 2, cancelled: 0, remaining: 1, oversold: 0, duplicates: 0 },
        { id: 'b', capacity: 5, sold: 0, cancelled: 0, remaining: 5, oversold: 0, duplicates: 0 },
      ],
      lostUpdates: 0,
      withdrawn: 0,
      skipped: 0,
      stillOnSale: 0,
    });
  });

  test('is broken by a serial that was sold twice, and counts the lost update', () => {
    const sales = [
      { serials: [1], version: 1 },
      { serials: [1], version: 1 },
    ];
    expect(verdictOf(stateWith(2, 1), sales)).toMatchObject({
      verdict: 'broken',
      lostUpdates: 1,
      events: [{ sold: 2, duplicates: 1, oversold: 0 }, {}],
    });
  });

  test('is broken by more tickets sold than the capacity', () => {
    const sales = [1, 2, 3, 3].map((serial) => ({ serials: [serial] }));
    expect(verdictOf(stateWith(0, 4), sales)).toMatchObject({
      verdict: 'broken',
      events: [{ sold: 4, oversold: 1, duplicates: 1 }, {}],
    });
  });

  test('is broken by an update lost to a sale of another event', () => {
    const sales = [
      { eventId: 'b', serials: [1], version: 1 },
      { eventId: 'a', serials: [1], version: 1 },
    ];
    // b's ticket was sold and is still on sale: the last write did not include it.
    expect(verdictOf(stateWith(2, 1), sales)).toMatchObject({ verdict: 'broken', lostUpdates: 1 });
  });

  test('is broken by a sold ticket that is still on sale, although no version occurs twice', () => {
    expect(verdictOf(stateWith(3, 1), [{ serials: [1] }]).verdict).toBe('broken');
    // Unless the files changed while they were read: then it may be off sale by now.
    expect(verdictOf(stateWith(3, 1), [{ serials: [1] }], false).verdict).toBe('inconclusive');
  });

  test('is broken by a sale of an event that does not exist', () => {
    const sales = [{ eventId: 'gone', serials: [1] }];
    expect(verdictOf(stateWith(3, 1), sales).verdict).toBe('broken');
  });

  test('holds with tickets that are off sale without a buyer, and counts them', () => {
    expect(verdictOf(stateWith(0, 2), [{ serials: [1] }])).toMatchObject({
      verdict: 'holds',
      withdrawn: 2,
    });
  });

  test('is broken by more commits in a row without a record than crashes explain', () => {
    const tally = new Tally();
    tally.add({ commit: 'c', version: 1, eventId: 'a', serials: [1] });
    const verdictAt = (version: number) => {
      const history = tally.toHistory(stateWith(1, version), true);
      return judge({ ...history, ...tally.versionsUpTo(version) });
    };
    expect(verdictAt(65)).toMatchObject({ verdict: 'holds', withdrawn: 1 }); // 64 crashes
    expect(verdictAt(66)).toMatchObject({
      verdict: 'broken',
      damage: '65 commits in a row are not on record',
    });
  });

  test('is broken by damage that a server found', () => {
    const history = new Tally().toHistory(stateWith(3, 0), true);
    const damage = 'the receipts were removed';
    expect(judge({ ...history, damage })).toMatchObject({ verdict: 'broken', damage });
  });

  test('counts the sales of one commit as one commit', () => {
    const sales = [
      { commit: 'x', version: 1, serials: [1] },
      { commit: 'x', version: 1, serials: [2] },
    ];
    expect(verdictOf(stateWith(1, 1), sales)).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
  });

  test('is inconclusive when nothing was sold, or when the files changed while they were read', () => {
    expect(verdictOf(stateWith(3, 0), []).verdict).toBe('inconclusive');
    expect(verdictOf(stateWith(2, 1), [{ serials: [1] }], false).verdict).toBe('inconclusive');
  });

  test('is broken when the receipts alone prove it, even if the files changed', () => {
    const sales = [{ serials: [1] }, { serials: [1] }];
    expect(verdictOf(stateWith(2, 2), sales, false).verdict).toBe('broken');
  });
});

test('a bit set finds its longest gap', () => {
  const set = new BitSet();
  expect(set.longestGapUpTo(3)).toBe(3);
  for (const number of [1, 5, 70_000]) set.add(number);
  expect([4, 6, 70_000, 70_001].map((limit) => set.longestGapUpTo(limit))).toEqual([
    3, 3, 69_994, 69_994,
  ]);
});

test('a bit set behaves like a Set of numbers', () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 50 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 200_000 }), (added, limit) => {
      const set = new BitSet();
      for (const number of added) set.add(number);
      const model = new Set(added);
      expect(set.size).toBe(model.size);
      expect(added.every((number) => set.has(number))).toBe(true);
      expect(set.has(200_001)).toBe(false);
      expect(set.countUpTo(limit)).toBe([...model].filter((number) => number <= limit).length);
    }),
    { numRuns: 30 },
  );
});
