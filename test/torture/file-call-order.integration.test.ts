import { expect, test } from 'vitest';
import {
  expectInOrder,
  fileCallOrder,
  orderInProcess,
  orderTraced,
} from './faults/file-call-order.js';
import { testRound } from './round.js';
import { straceMissing } from './strace.js';

test('a sale is synced before its answer, and a checkpoint is written in order', async () => {
  expect(await fileCallOrder.run(testRound())).toContain('in process 3 sales');
});

test('negative control: without waiting for the sync, the answer comes too early', async () => {
  const ruling = await orderInProcess(testRound(), false);
  expect(ruling.broken).toBe('buyer-1 was answered before the line was synced');
  expect(() => expectInOrder(ruling)).toThrow();
});

test.runIf(straceMissing() === undefined)('negative control: strace detects it too', async () => {
  const ruling = await orderTraced(testRound(), { DURABILITY: 'os' });
  expect(ruling.broken).toBe('buyer-1 was answered before the line was synced');
});
