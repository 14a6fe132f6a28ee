import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { fullDisk, sellWithHalfWrites } from './rows/full-disk.js';

test('no space, and writes that do half: nobody is told of a sale that is not there', async () => {
  expect(await fullDisk.run(aRound())).toContain('ledger half writes');
});

test('an office that believes its own writes tells of sales that are not there', async () => {
  const sold = sellWithHalfWrites(aRound(), 'json', 'test/programs/trusting-office');
  await expect(sold).rejects.toThrow(/to deeply equal \[\]/);
});
