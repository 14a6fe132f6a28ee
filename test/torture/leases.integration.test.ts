import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { twoTakersOfOneLease } from './rows/two-takers-of-one-lease.js';

// Its twin is within: the json store, in the same play, sells one ticket twice.
test('two take one stale lease: the ledger is right, the json store is not', async () => {
  expect(await twoTakersOfOneLease.run(aRound())).toContain('skipped');
});
