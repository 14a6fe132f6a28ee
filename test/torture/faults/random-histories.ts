import { expect } from 'vitest';
import { acceptGoodHistories, agreeOnBadHistories } from '../../verdict/compare-checkers.js';
import { mutations } from '../../verdict/mutations.js';
import type { TortureFault } from '../fault.js';

export const randomHistories: TortureFault = {
  number: 10,
  fault: 'random concurrent histories, good and bad, with 1 to 8 requests in flight',
  expected: 'no violation in the good ones; both checkers agree on the bad ones',
  async run({ seed }) {
    const runs = { numRuns: 100, seed };
    const badRuns = { numRuns: 4, seed }; // more of them: test/verdict/compare-checkers
    const total = { applied: 0, broken: 0 };
    for (const eventsMax of [1, 3]) {
      for (const verbs of ['sales', 'all'] as const) acceptGoodHistories(eventsMax, verbs, runs);
      for (const mutation of mutations) {
        const found = agreeOnBadHistories(mutation, eventsMax, badRuns);
        total.applied += found.applied;
        total.broken += found.broken;
      }
    }
    // Otherwise the comparison would prove nothing. Of a single kind, four say little.
    expect(total.broken).toBeGreaterThan(total.applied / 2);
    const { applied, broken } = total;
    return `${4 * runs.numRuns} good, ${applied} bad of ${mutations.length} kinds, ${broken} of them broken`;
  },
};
