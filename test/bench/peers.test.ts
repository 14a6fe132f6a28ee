import { describe, expect, test } from 'vitest';
import { historyOf, orderOf, stateOf } from '../../bench/peers/peer.js';
import { judge } from '../../src/verdict/judge.js';
import { anEvent } from '../support/folder.js';

const seed = { version: 0, events: { a: anEvent(10) } };

/** Two sales of two tickets each, as a peer stores them. */
const sales = [1, 3].map((first, index) =>
  orderOf({
    orderId: `order-${index}`,
    eventId: 'a',
    customer: 'Ada',
    quantity: 2,
    first,
    remaining: 10 - first - 1,
    version: index + 1,
  }),
);

describe('the verdict on a peer', () => {
  const verdictWith = (remaining: number) =>
    judge(historyOf(stateOf(seed, 2, { a: remaining }), sales));

  test('holds when every ticket that was sold is off sale', () => {
    expect(verdictWith(6)).toMatchObject({ verdict: 'holds', stillOnSale: 0, withdrawn: 0 });
  });

  test('is broken when a sale was taken back', () => {
    expect(verdictWith(8)).toMatchObject({ verdict: 'broken', stillOnSale: 2 });
  });
});
