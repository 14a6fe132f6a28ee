import { describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { KeyWindow } from '../../../src/store/ledger/idempotency-keys.js';
import type { Op } from '../../../src/store/ledger/ledger-line.js';
import { anEvent } from '../../support/folder.js';
import { commitLine, events, genesisLine, headAt, op } from './lines-of.js';

const start = headAt(0, genesisLine());

const newFold = (of = events()) =>
  new Fold({ chain: new Chain(start), events: of, keys: new KeyWindow(0) });

/** Folds one line of these sales. */
function take(fold: Fold, ...ops: readonly Op[]) {
  const { head } = fold;
  return fold.take(commitLine(head, { ops }), head.end);
}

describe('a fold', () => {
  test('adds up the sales of the lines that count', () => {
    const fold = newFold();
    take(fold, op(1, 9), op(2, 7, { quantity: 2 }), op(1, 2, { event: 'b' }));
    take(fold, op(4, 6));
    fold.take(commitLine(start, { ops: [op(4, 6)] }), 1000); // overtaken
    expect(fold.state).toMatchObject({
      version: 2,
      events: { a: { remaining: 6 }, b: { remaining: 2 } },
    });
    expect([fold.keys.sales, fold.skipped]).toEqual([4, 1]);
  });

  test.each([
    ['a ticket twice', [op(1, 9), op(1, 9)]],
    ['a ticket out of turn', [op(2, 9)]],
    ['and miscounts what is left', [op(1, 8)]],
    ['more than there is', [op(1, -1, { quantity: 11 })]],
    ['none', [op(1, 10, { quantity: 0 })]],
    ['what there is not', [op(1, 9, { event: 'c' })]],
    ['what only a prototype has', [op(1, 9, { event: 'constructor' })]],
    ['__proto__', [op(1, 9, { event: '__proto__' })]],
  ])('finds damage in a line that sells %s', (_, ops) => {
    expect(() => take(newFold(), ...ops)).toThrow(DamagedLedgerError);
  });

  test('finds the same damage for ever: the line must not be passed over the second time', () => {
    const fold = newFold();
    const bad = commitLine(start, { ops: [op(1, 9), op(1, 9)] });
    for (let look = 0; look < 3; look++) {
      expect(() => fold.take(bad, start.end)).toThrow(`byte ${start.end}`);
    }
  });

  test('keeps to its own copy of the events, one named __proto__ too', () => {
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
