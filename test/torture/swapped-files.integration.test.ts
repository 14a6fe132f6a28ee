import { expect, test } from 'vitest';
import { expectStopped, swappedFiles, swapUnderServer } from './faults/swapped-files.js';
import { testRound } from './round.js';

test('a file that is swapped while it is sold from stops the server, and no ticket is sold twice', async () => {
  const figures = await swappedFiles.run(testRound());
  for (const what of ['ledger replaced by a copy', 'json older tickets']) {
    expect(figures).toContain(what);
  }
});

test('negative control: without the check of the name, tickets are sold from two ledgers', async () => {
  const program = 'test/programs/ledger-without-name-check';
  const options = { store: 'ledger', swap: 'replaced by a copy', busy: false, program } as const;
  const result = await swapUnderServer(testRound(), options);
  expect(result.code).toBeUndefined();
  expect(result.twice).toBeGreaterThan(0);
  expect(() => expectStopped('ledger', result)).toThrow();
});

test.each(['replaced by a copy', 'older tickets'] as const)(
  'negative control: json without the checks, %s: tickets are sold twice',
  async (swap) => {
    const program = 'test/programs/json-without-file-checks';
    const options = { store: 'json', swap, busy: false, program } as const;
    const result = await swapUnderServer(testRound(), options);
    expect(result.code).toBeUndefined();
    expect(result.twice).toBeGreaterThan(0);
    expect(() => expectStopped('json', result)).toThrow();
  },
);
