import { expect, test } from 'vitest';
import { saturation } from './faults/saturation.js';
import { testRound } from './round.js';

test('under saturation the waits for the lock are short, and every worker sells', async () => {
  expect(await saturation.run(testRound())).toMatch(/kernel .*; ledger file /);
});
