import { describe, expect, test } from 'vitest';
import type { TicketEvent } from '../../src/booking/inventory.js';
import { judge } from '../../src/verdict/judge.js';
import { Tally } from '../../src/verdict/tally.js';
import { anEvent } from '../support/folder.js';

/** Ada has tickets 1 to 3, Bob's hold became ticket 4, ticket 1 came back, ticket 2 let Ada in. */
function record(tally: Tally): void {
  let version = 0;
  const commit = () => ({ commit: `c${++version}`, version });
  tally.add({ ...commit(), eventId: 'a', serials: [1, 2, 3] });
  tally.addCommit(commit());
  tally.lifecycle.hold('h1', 'a', '10:10');
  tally.lifecycle.hold('h2', 'a', '10:10');
  tally.lifecycle.hold('h3', 'a', '10:30');
  tally.add({ ...commit(), eventId: 'a', serials: [4], holdId: 'h1', at: '10:09' });
  tally.addCommit(commit());
  tally.lifecycle.release('h2');
  tally.lifecycle.cancel('a', [1]);
  tally.lifecycle.admit('a', 2);
  tally.lifecycle.save('a', 2);
}

const event = anEvent(10, {
  remaining: 6,
  issued: 4,
  cancelled: [[1, 1]],
  admitted: [[2, 2]],
  revision: 2,
});
const hold = {
  eventId: 'a',
  customer: 'Cy',
  quantity: 1,
  total: { amount: 1000, currency: 'EUR' },
  until: '10:30',
};

function verdictOf(
  more: (tally: Tally) => void = () => {},
  changes: Partial<TicketEvent> = {},
  holds: Record<string, typeof hold> = { h3: hold },
) {
  const tally = new Tally();
  record(tally);
  more(tally);
  const state = { version: 4, at: '10:10', events: { a: { ...event, ...changes } }, holds };
  return judge(tally.toHistory(state, true));
}

describe('the verdict on the life of tickets', () => {
  test('holds when everything was done once, and the tickets show it', () => {
    expect(verdictOf()).toMatchObject({
      verdict: 'holds',
      events: [{ sold: 4, cancelled: 1, remaining: 6, oversold: 0 }],
    });
    expect(verdictOf().violations).toBeUndefined();
  });

  test.each<[string, (tally: Tally) => void]>([
    ['cancelledTwice', ({ lifecycle }) => lifecycle.cancel('a', [1])],
    ['admittedTwice', ({ lifecycle }) => lifecycle.admit('a', 2)],
    ['endedTwice', ({ lifecycle }) => lifecycle.release('h1')],
    ['endedTwice', ({ lifecycle }) => lifecycle.confirm('h2', '10:09')],
    ['lostEdits', ({ lifecycle }) => lifecycle.save('a', 2)],
    ['notShown', ({ lifecycle }) => lifecycle.hold('h4', 'a', '10:11')],
    ['notShown', ({ lifecycle }) => lifecycle.cancel('a', [3])],
    ['notShown', ({ lifecycle }) => lifecycle.admit('a', 3)],
  ])('is broken by %s', (violation, more) => {
    const { verdict, violations } = verdictOf(more);
    expect([verdict, violations]).toEqual(['broken', { [violation]: 1 }]);
  });

  test('is broken by a hold that was confirmed when its time was over', () => {
    const late = (tally: Tally) => tally.lifecycle.confirm('h3', '10:30');
    expect(verdictOf(late, {}, {})).toMatchObject({ violations: { confirmedLate: 1 } });
    const inTime = (tally: Tally) => tally.lifecycle.confirm('h3', '10:29');
    expect(verdictOf(inTime, { remaining: 7 }, {}).violations).toBeUndefined();
  });

  test('is broken by a cancelled ticket that let somebody in', () => {
    const admit = (tally: Tally) => tally.lifecycle.admit('a', 1);
    expect(verdictOf(admit, { admitted: [[1, 2]] })).toMatchObject({
      verdict: 'broken',
      violations: { admittedCancelled: 1 },
    });
  });

  test('is broken by tickets that do not add up', () => {
    expect(verdictOf(() => {}, { remaining: 7 })).toMatchObject({ violations: { miscounted: 1 } });
    expect(verdictOf(() => {}, {}, {})).toMatchObject({
      violations: { miscounted: 1, notShown: 1 },
    });
  });

  test('is broken by more live tickets than the capacity, not by those that came back', () => {
    expect(verdictOf(() => {}, { capacity: 4, remaining: 0 }).events[0]?.oversold).toBe(0);
    expect(verdictOf(() => {}, { capacity: 2, remaining: 0 }).events[0]?.oversold).toBe(1);
  });
});
