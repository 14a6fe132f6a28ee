import { describe, test } from 'vitest';
import { acceptGoodHistories, agreeOnBadHistories } from './compare-checkers.js';
import { mutations } from './mutations.js';

/** All of these together take a second or two. */
const runs = { numRuns: 200 };

test.each([1, 3])(
  'both checkers accept histories of a correct server with up to %i events',
  (eventsMax) => {
    acceptGoodHistories(eventsMax, runs);
  },
);

describe.each(mutations)('$name', (mutation) => {
  test.each([1, 3])('is judged as the search judges it, with up to %i events', (eventsMax) => {
    agreeOnBadHistories(mutation, eventsMax, runs);
  });
});
