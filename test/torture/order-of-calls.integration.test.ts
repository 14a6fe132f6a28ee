import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { expectInOrder, orderHere, orderOfCalls, orderTraced } from './rows/order-of-calls.js';
import { straceMissing } from './strace.js';

test('a sale is synced before its answer, and a checkpoint is written in order', async () => {
  expect(await orderOfCalls.run(aRound())).toContain('here 3 sales');
});

test('an office that does not wait for the sync answers too early', async () => {
  const ruling = await orderHere(aRound(), false);
  expect(ruling.broken).toBe('buyer-1 was answered before the line was synced');
  expect(() => expectInOrder(ruling)).toThrow();
});

test.runIf(straceMissing() === undefined)('and strace sees it', async () => {
  const ruling = await orderTraced(aRound(), { DURABILITY: 'os' });
  expect(ruling.broken).toBe('buyer-1 was answered before the line was synced');
});
