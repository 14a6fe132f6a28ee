import { describe, expect, test } from 'vitest';
import {
  judgeAdmissions,
  judgeCancellations,
  judgeConfirmations,
  judgeEdits,
  judgeHolds,
  withLostUpdates,
} from '../../src/client/verb-results.js';

const unknown = 0;

describe('a race to hold', () => {
  const good = { before: 2, held: 2, refused: 1, after: 0, unknown };
  test.each([
    ['holds', {}],
    ['broken', { held: 3 }], // two hold the last ticket
    ['broken', { after: 1 }], // a hold was erased
    ['broken', { held: 3, unknown: 1 }], // a missing answer does not hide it
    ['inconclusive', { unknown: 1 }],
    ['inconclusive', { refused: 0 }],
    ['inconclusive', { before: 0, held: 0 }],
    ['inconclusive', { before: 3 }], // another client took one
  ] as const)('%s: %j', (ruling, changes) => {
    expect(judgeHolds({ ...good, ...changes }).ruling).toBe(ruling);
  });
});

describe('a race to confirm', () => {
  const good = {
    before: 4,
    confirmed: 2,
    late: 2,
    bought: 1,
    soldTwice: 0,
    soldAgain: 0,
    after: 1,
    unknown,
  };
  test.each([
    ['holds', {}],
    ['broken', { bought: 3 }], // more sold than there were
    ['broken', { soldTwice: 1 }],
    ['broken', { after: 2 }], // a paid ticket is on sale again
    ['inconclusive', { unknown: 1 }],
    ['inconclusive', { late: 0 }],
    ['inconclusive', { confirmed: 0, bought: 3 }],
    ['inconclusive', { after: 0 }],
  ] as const)('%s: %j', (ruling, changes) => {
    expect(judgeConfirmations({ ...good, ...changes }).ruling).toBe(ruling);
  });
});

describe('a race to cancel', () => {
  const good = { before: 5, quantity: 3, orders: 2, cancelled: 9, after: 8, unknown };
  test.each([
    ['holds', {}],
    ['broken', { after: 11 }], // put back on sale twice
    ['broken', { after: 5 }], // or never
    ['broken', { after: 11, unknown: 1 }],
    ['inconclusive', { unknown: 1 }],
    ['inconclusive', { cancelled: 3 }],
  ] as const)('%s: %j', (ruling, changes) => {
    expect(judgeCancellations({ ...good, ...changes }).ruling).toBe(ruling);
  });
});

describe('a race of doors', () => {
  const good = { tickets: 2, admitted: 2, refused: 9, unknown };
  test.each([
    ['holds', {}],
    ['broken', { admitted: 3 }],
    ['broken', { admitted: 3, unknown: 1 }],
    ['broken', { admitted: 1 }],
    ['inconclusive', { unknown: 1 }],
    ['inconclusive', { refused: 1 }],
  ] as const)('%s: %j', (ruling, changes) => {
    expect(judgeAdmissions({ ...good, ...changes }).ruling).toBe(ruling);
  });
});

describe('a race of editors and buyers', () => {
  const event = { taken: 1, revisions: 1, capacity: 20, remaining: 16 };
  const good = { ...event, sold: 3, saved: [20], refused: 4, unknown };
  test.each([
    ['holds', {}],
    ['broken', { saved: [20, 21] }], // two edits of one revision
    ['broken', { capacity: 10 }], // a sale erased the edit
    ['broken', { remaining: 17 }], // the edit erased a sale
    ['inconclusive', { unknown: 1 }],
    ['inconclusive', { saved: [] }],
    ['inconclusive', { revisions: 2 }],
    ['inconclusive', { remaining: 15 }], // another client bought
    ['inconclusive', { refused: 0 }],
  ] as const)('%s: %j', (ruling, changes) => {
    expect(judgeEdits({ ...good, ...changes }).ruling).toBe(ruling);
  });
});

test('a race in which updates were lost is broken, even if the figures add up', () => {
  const result = judgeAdmissions({ tickets: 1, admitted: 1, refused: 9, unknown });
  expect(withLostUpdates(result, 0)).toBe(result);
  expect(withLostUpdates(result, 2)).toMatchObject({ ruling: 'broken' });
});
