import { describe, expect, test } from 'vitest';
import { type ViolationKind, violationKinds } from '../../src/verdict/violations.js';
import { brokenServers } from './broken-servers.js';
import { acceptGoodHistories, agreeOnBadHistories, findBrokenServer } from './compare-checkers.js';
import { mutations } from './mutations.js';

/** All of these together take 10 seconds of processor time or so. */
const runs = { numRuns: 100 };
const runsOfMutation = { numRuns: 40 };
const runsOfServer = { numRuns: 20 };

/** The kinds of violation that were the only one in some history. */
const alone = new Set<ViolationKind>();
let mutated = 0;

test.each([
  [1, 'sales'],
  [3, 'sales'],
  [1, 'all'],
  [3, 'all'],
] as const)(
  'both checkers accept histories of a correct server with up to %i events and %s',
  (eventsMax, verbs) => {
    acceptGoodHistories(eventsMax, verbs, runs);
  },
);

describe.each(mutations)('$name', (mutation) => {
  test.each([1, 3])('is judged as the search judges it, with up to %i events', (eventsMax) => {
    const found = agreeOnBadHistories(mutation, eventsMax, runsOfMutation);
    // Otherwise the comparison would prove nothing.
    expect(found.broken).toBeGreaterThan(found.applied / 4);
    if (!mutation.stricter && eventsMax === 1) expect(found.compared).toBeGreaterThan(0);
    for (const kind of found.alone) alone.add(kind);
    mutated += found.applied;
  });
});

describe.each(brokenServers)('a server that $name', (server) => {
  test(`is found by ${server.rule}, and by no other rule`, () => {
    const found = findBrokenServer(server, runsOfServer);
    for (const kind of found.alone) alone.add(kind);
    mutated += found.broken;
  });
});

test('every check finds what no other one finds, in thousands of bad histories', () => {
  // No mutation of a whole history shows these two by themselves: judge-history.test.ts does.
  const shownThere = ['unasked', 'keySoldTwice'];
  const kinds = Object.keys(violationKinds).filter((kind) => !shownThere.includes(kind));
  expect(kinds.filter((kind) => !alone.has(kind as ViolationKind))).toEqual([]);
  expect(mutated).toBeGreaterThan(2000);
});
