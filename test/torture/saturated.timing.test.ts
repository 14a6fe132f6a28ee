import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { saturated } from './rows/saturated.js';

test('under saturation nobody waits long for the lock, and every worker sells', async () => {
  expect(await saturated.run(aRound())).toMatch(/kernel .*; ledger file /);
});
