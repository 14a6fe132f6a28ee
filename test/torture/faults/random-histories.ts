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
    let bad = 0;
    let broken = 0;
    for (const eventsMax of [1, 3]) {
      for (const verbs of ['sales', 'all'] as const) acceptGoodHistories(eventsMax, verbs, runs);
      for (const mutation of mutations) {
        const found = agreeOnBadHistories(mutation, eventsMax, badRuns);
        bad += found.applied;
        broken += found.broken;
      }
    }
    return `${4 * runs.numRuns} good, ${bad} bad of ${mutations.length} kinds, ${broken} of them broken`;
  },
};
