import { expect, test } from 'vitest';
import { staleLeaseTakenTwice } from './faults/stale-lease-taken-twice.js';
import { testRound } from './round.js';

// The json store is its own negative control: with the same interleaving it sells one ticket twice.
test('two workers take one stale lease: the ledger is exact, the json store oversells', async () => {
  expect(await staleLeaseTakenTwice.run(testRound())).toContain('skipped');
});
