import { expect, test } from 'vitest';
import { expectStopped, swappedFiles, swapUnderServer } from './faults/swapped-files.js';
import { testRound } from './round.js';

test('a file that is swapped while it is sold from stops the server, and no ticket is sold twice', async () => {
  expect(await swappedFiles.run(testRound())).toContain('ledger replaced by a copy');
});

test('negative control: without the check of the name, tickets are sold from two ledgers', async () => {
  const program = 'test/programs/ledger-without-name-check';
  const options = { store: 'ledger', swap: 'replaced by a copy', busy: false, program } as const;
  const result = await swapUnderServer(testRound(), options);
  expect(result.code).toBeUndefined();
  expect(result.twice).toBeGreaterThan(0);
  expect(() => expectStopped(result)).toThrow();
});
