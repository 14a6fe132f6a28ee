import { describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { RecentOps } from '../../../src/store/ledger/recent-ops.js';
import type { Op } from '../../../src/store/ledger/ops.js';
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
