import fc from 'fast-check';
import { expect } from 'vitest';
import { judgeHistory } from '../../src/verdict/judge-history.js';
import { isUnknown } from '../../src/verdict/recorded-request.js';
import { freshInventory } from './inventory-model.js';
import { linearizable } from './linearizable.js';
import type { Mutation } from './mutations.js';
import { type Played, play, scripts } from './scripted-office.js';

/** How often, and by which chance; by another one each time unless a seed is given. */
export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

const secondOpinion = ({ history, reference }: Played) =>
  linearizable(history.requests, freshInventory(reference.capacities));

/** Histories of a correct office, 1 to 8 requests in flight: both checkers accept them. */
export function acceptGoodHistories(eventsMax: number, runs: Runs): void {
  fc.assert(
    fc.property(scripts(eventsMax), (script) => {
      const played = play(script);
      expect(judgeHistory(played.history, played.reference).first).toBeUndefined();
      expect(secondOpinion(played)).toBe('ok');
    }),
    runs,
  );
}

/**
 * Histories of which one thing was made wrong: where the search finds one illegal, the verdict must
 * be broken. The other way round it may be stricter, because it asks for more than that some office
 * could have answered so:
 * - a sale belongs to its buyer, and the ledger kept it;
 * - nobody is told of half of a commit, while the search lets a request pass between its sales;
 * - with several events, the ledger puts the sales of all of them into one order; what was told of
 *   each may fit another order too;
 * - where a buy has no answer, the ledger says whether it was sold, and when; the search may choose
 *   another buy without an answer, or another time.
 * The last two cannot happen with one event and every buy answered: the serials then tell the order.
 * There both must agree, unless a mutation names one of the first two as its reason.
 *
 * @returns how many were made wrong, and how many of those the verdict called broken
 */
export function agreeOnBadHistories(
  { mutate, stricter }: Mutation,
  eventsMax: number,
  runs: Runs,
): { applied: number; broken: number } {
  let applied = 0;
  let broken = 0;
  let alike = 0;
  fc.assert(
    fc.property(scripts(eventsMax), fc.nat(), (script, pick) => {
      const mutated = mutate(play(script), pick);
      if (mutated === undefined) return;
      const { verdict, because } = judgeHistory(mutated.history, mutated.reference);
      const opinion = secondOpinion(mutated);
      applied++;
      if (verdict === 'broken') broken++;
      expect(opinion).not.toBe('unknown'); // these are short enough to be decided, every one
      if (opinion === 'illegal') expect(verdict).toBe('broken');
      if (stricter || eventsMax > 1 || mutated.history.requests.some(isUnknown)) return;
      alike++;
      expect([verdict === 'broken', because]).toEqual([opinion === 'illegal', because]);
    }),
    runs,
  );
  // Else it would show nothing.
  expect(applied).toBeGreaterThan(runs.numRuns / 20);
  expect(broken).toBeGreaterThan(applied / 4);
  if (!stricter && eventsMax === 1) expect(alike).toBeGreaterThan(0);
  return { applied, broken };
}
