import { describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import type { HeldOp, Op } from '../../../src/store/ledger/ops.js';
import { RecentOps } from '../../../src/store/ledger/recent-ops.js';
import { anEvent } from '../../support/folder.js';
import { commitLine, events, genesisLine, headAfter, op } from './ledger-lines.js';

const start = headAfter(0, genesisLine());

const newFold = (initial = events()) =>
  new Fold({ chain: new Chain(start), events: initial, recent: new RecentOps(0) });

/** Folds one line with these sales. */
function take(fold: Fold, ...ops: readonly Op[]) {
  const { head } = fold;
  return fold.take(commitLine(head, { ops }), head.end);
}

describe('fold', () => {
  test('adds up the sales of the counted lines', () => {
    const fold = newFold();
    take(fold, op(1, 9), op(2, 7, { quantity: 2 }), op(1, 2, { event: 'b' }));
    take(fold, op(4, 6));
    fold.take(commitLine(start, { ops: [op(4, 6)] }), 1000); // overtaken
    expect(fold.state).toMatchObject({
      version: 2,
      events: { a: { remaining: 6 }, b: { remaining: 2 } },
    });
    expect([fold.recent.count, fold.skipped]).toEqual([4, 1]);
  });

  test.each([
    ['a ticket twice', [op(1, 9), op(1, 9)]],
    ['a ticket out of order', [op(2, 9)]],
    ['a ticket and miscounts the remaining ones', [op(1, 8)]],
    ['more tickets than remain', [op(1, -1, { quantity: 11 })]],
    ['no tickets', [op(1, 10, { quantity: 0 })]],
    ['tickets of an unknown event', [op(1, 9, { event: 'c' })]],
    ['tickets of an event named constructor', [op(1, 9, { event: 'constructor' })]],
    ['tickets of an event named __proto__', [op(1, 9, { event: '__proto__' })]],
  ])('reports damage for a line that sells %s', (_, ops) => {
    expect(() => take(newFold(), ...ops)).toThrow(DamagedLedgerError);
  });

  const at = '2027-01-01T00:00:00.000Z';
  const later = '2027-01-01T00:01:00.000Z';
  const hold = (id: string, left: number, changes: Partial<HeldOp> = {}): HeldOp => ({
    op: 'hold',
    hold: id,
    event: 'a',
    customer: 'Ada',
    quantity: 1,
    left,
    total: [1000, 'EUR'],
    until: later,
    ...changes,
  });
  const total = [1000, 'EUR'] as const;
  const details = (capacity: number) => {
    const { name, venue, startsAt, price } = anEvent(capacity);
    return { name, venue, startsAt, price, capacity };
  };
  const notBegun = { ...anEvent(5), salesFrom: '2028-01-01T00:00:00+00:00' };

  /**
   * Tickets 1 to 4 of `a` are sold; 1 is admitted, 2 cancelled, one is held until later. Nothing of
   * `c` is sold, whose sale has not begun.
   */
  function usedFold(newFold: typeof Fold = Fold): Fold {
    const initial = { ...events(), c: notBegun };
    const fold = new newFold({
      chain: new Chain(start),
      events: initial,
      recent: new RecentOps(0),
    });
    take(
      fold,
      op(1, 6, { quantity: 4, total: [4000, 'EUR'] }),
      { op: 'admit', event: 'a', serial: 1, door: 'north' },
      { op: 'cancel', event: 'a', first: 2, quantity: 1, left: 7 },
      hold('h', 6),
    );
    return fold;
  }

  const takeAt = (fold: Fold, time: string, ops: readonly Op[]) =>
    fold.take(commitLine(fold.head, { at: time, ops }), fold.head.end);

  test('does what its lines do', () => {
    const fold = usedFold();
    takeAt(fold, at, [op(5, 6, { hold: 'h', total }), hold('i', 5), hold('j', 4)]);
    takeAt(fold, at, [{ op: 'release', hold: 'i', event: 'a', quantity: 1, left: 5 }]);
    takeAt(fold, later, [
      { op: 'expire', holds: ['j'] },
      { op: 'save', event: 'a', revision: 2, details: details(9) },
      { op: 'remove', event: 'b' },
      { op: 'save', event: '__proto__', revision: 1, details: details(2) },
    ]);
    takeAt(fold, at, [op(6, 4)]); // an older version, whose clock is behind
    expect(fold.state).toEqual({
      version: 5,
      at: later,
      events: {
        a: anEvent(9, {
          remaining: 4,
          issued: 6,
          revision: 2,
          admitted: [[1, 1]],
          cancelled: [[2, 2]],
        }),
        c: notBegun,
        ['__proto__']: anEvent(2),
      },
    });
    expect(['h', 'i', 'j', 'k'].map((id) => fold.recent.findEnd(id)?.end)).toEqual([
      'confirmed',
      'released',
      'expired',
      undefined,
    ]);
  });

  /** Lines that do something impossible, each with the guard that finds it. */
  const impossible: [string, string, readonly Op[], string?][] = [
    ['sells for another price', 'another price', [op(5, 5, { total: [999, 'EUR'] })]],
    ['sells for another currency', 'another price', [op(5, 5, { total: [1000, 'USD'] })]],
    ['sells before the sale', 'outside their sale', [op(1, 4, { event: 'c' })]],
    ['holds before the sale', 'outside their sale', [hold('i', 4, { event: 'c' })]],
    [
      'holds more than remain',
      'that do not remain',
      [hold('i', -1, { quantity: 7, total: [7000, 'EUR'] })],
    ],
    ['holds and miscounts', 'that do not remain', [hold('i', 6)]],
    ['holds nothing', 'that do not remain', [hold('i', 6, { quantity: 0, total: [0, 'EUR'] })]],
    ['holds tickets of an unknown event', 'that do not remain', [hold('i', 1, { event: 'x' })]],
    ['holds for another price', 'another price', [hold('i', 5, { total: [1, 'EUR'] })]],
    ['makes a hold twice', 'makes hold h twice', [hold('h', 5)]],
    ['makes a hold that is over', 'over already', [hold('i', 5, { until: at })]],
    ['confirms an unknown hold', 'confirms hold i', [op(5, 6, { hold: 'i', total })]],
    [
      'confirms a hold twice',
      'confirms hold h',
      [op(5, 6, { hold: 'h', total }), op(6, 6, { hold: 'h', total })],
    ],
    ['confirms another event', 'confirms hold h', [op(1, 3, { event: 'b', hold: 'h', total })]],
    [
      'confirms more than is held',
      'confirms hold h',
      [op(5, 6, { hold: 'h', quantity: 2, total })],
    ],
    ['confirms for another price', 'confirms hold h', [op(5, 6, { hold: 'h', total: [1, 'EUR'] })]],
    ['confirms without a price', 'confirms hold h', [op(5, 6, { hold: 'h' })]],
    ['confirms and takes tickets twice', 'out of order', [op(5, 5, { hold: 'h', total })]],
    [
      'confirms a hold whose time is over',
      'confirms hold h',
      [{ op: 'expire', holds: ['h'] }, op(5, 7, { hold: 'h', total })],
      later,
    ],
    ['ends no hold by time', 'other holds by time', [op(5, 6)], later],
    ['ends a hold before its time', 'other holds by time', [{ op: 'expire', holds: ['h'] }]],
    [
      'ends an unknown hold by time',
      'other holds by time',
      [{ op: 'expire', holds: ['h', 'i'] }],
      later,
    ],
    [
      'ends a hold by time too late',
      'after it did something',
      [
        { op: 'remove', event: 'b' },
        { op: 'expire', holds: [] },
      ],
    ],
    [
      'releases an unknown hold',
      'releases hold i',
      [{ op: 'release', hold: 'i', event: 'a', quantity: 1, left: 7 }],
    ],
    [
      'releases and miscounts',
      'releases hold h',
      [{ op: 'release', hold: 'h', event: 'a', quantity: 1, left: 8 }],
    ],
    [
      'releases more than is held',
      'releases hold h',
      [{ op: 'release', hold: 'h', event: 'a', quantity: 2, left: 8 }],
    ],
    [
      'releases for another event',
      'releases hold h',
      [{ op: 'release', hold: 'h', event: 'b', quantity: 1, left: 4 }],
    ],
    [
      'cancels what is not sold',
      'not sold',
      [{ op: 'cancel', event: 'a', first: 4, quantity: 2, left: 8 }],
    ],
    ['cancels nothing', 'not sold', [{ op: 'cancel', event: 'a', first: 3, quantity: 0, left: 6 }]],
    [
      'cancels and miscounts',
      'not sold',
      [{ op: 'cancel', event: 'a', first: 3, quantity: 1, left: 6 }],
    ],
    ['cancels twice', 'twice', [{ op: 'cancel', event: 'a', first: 2, quantity: 2, left: 8 }]],
    [
      'cancels after an admission',
      'after its admission',
      [{ op: 'cancel', event: 'a', first: 1, quantity: 1, left: 7 }],
    ],
    ['admits what is not sold', 'not sold', [{ op: 'admit', event: 'a', serial: 5, door: '1' }]],
    ['admits ticket 0', 'not sold', [{ op: 'admit', event: 'a', serial: 0, door: '1' }]],
    [
      'admits for an unknown event',
      'not sold',
      [{ op: 'admit', event: 'x', serial: 1, door: '1' }],
    ],
    [
      'admits a cancelled ticket',
      'is cancelled',
      [{ op: 'admit', event: 'a', serial: 2, door: '1' }],
    ],
    ['admits twice', 'twice', [{ op: 'admit', event: 'a', serial: 1, door: '1' }]],
    [
      'leaves out a revision',
      'revision 3',
      [{ op: 'save', event: 'a', revision: 3, details: details(20) }],
    ],
    [
      'repeats a revision',
      'revision 1',
      [{ op: 'save', event: 'a', revision: 1, details: details(20) }],
    ],
    [
      'takes sold tickets away',
      'smaller',
      [{ op: 'save', event: 'a', revision: 2, details: details(3) }],
    ],
    ['removes an event with sales', 'removes a', [{ op: 'remove', event: 'a' }]],
    ['removes an unknown event', 'removes x', [{ op: 'remove', event: 'x' }]],
    ['does what a newer version does', 'start the newer', [{ op: 'transfer' } as never]],
  ];

  test.each(impossible)('reports damage for a line that %s', (_, reason, ops, time = at) => {
    const fold = usedFold();
    const { end } = fold.head;
    expect(() => takeAt(fold, time, ops)).toThrow(reason);
    expect(() => takeAt(fold, time, [])).toThrow(`byte ${end}`);
  });

  test.each(impossible)(
    'would fold a line that %s without this guard',
    (_, reason, ops, time = at) => {
      let ignored = 0;
      class WithoutGuard extends Fold {
        protected override reject(offset: number, wrong: string): void {
          if (wrong.includes(reason)) ignored++;
          else super.reject(offset, wrong);
        }
      }
      takeAt(usedFold(WithoutGuard), time, ops);
      expect(ignored).toBeGreaterThan(0);
    },
  );

  test('reports the same damage on every retry, and never skips the line', () => {
    const fold = newFold();
    const damaged = commitLine(start, { ops: [op(1, 9), op(1, 9)] });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => fold.take(damaged, start.end)).toThrow(`byte ${start.end}`);
    }
  });

  test('changes only its own copy of the events, even of one named __proto__', () => {
    const given: Record<string, ReturnType<typeof anEvent>> = JSON.parse(
      `{"__proto__":${JSON.stringify(anEvent(2))}}`,
    );
    const fold = newFold(given);
    take(fold, op(1, 1, { event: '__proto__' }));
    expect(Object.entries(fold.state.events)).toEqual([
      ['__proto__', anEvent(2, { remaining: 1 })],
    ]);
    expect(Object.entries(given)).toEqual([['__proto__', anEvent(2)]]);
  });
});
