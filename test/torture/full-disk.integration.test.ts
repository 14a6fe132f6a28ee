import { expect, test } from 'vitest';
import { fullDisk, sellWithHalfWrites } from './faults/full-disk.js';
import { testRound } from './round.js';

test('with a full disk and short writes, no buyer gets a 201 for a sale that is not on record', async () => {
  expect(await fullDisk.run(testRound())).toContain('ledger short writes');
});

test('negative control: a server that ignores failed writes reports sales that do not exist', async () => {
  const sold = sellWithHalfWrites(testRound(), 'json', 'test/programs/ignore-failed-writes');
  await expect(sold).rejects.toThrow(/to deeply equal \[\]/);
});
