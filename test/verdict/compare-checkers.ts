import fc from 'fast-check';
import { expect } from 'vitest';
import { judgeHistory } from '../../src/verdict/judge-history.js';
import { isUnknown } from '../../src/verdict/recorded-request.js';
import { freshInventory } from './inventory-model.js';
import { linearizable } from './linearizable.js';
import type { Mutation } from './mutations.js';
import { type Played, play, scripts } from './scripted-server.js';

/** How many random histories, and from which seed; from a new one each time unless it is given. */
export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

const secondOpinion = ({ history, reference }: Played) =>
  linearizable(history.requests, freshInventory(reference.capacities));

/** Checks that both checkers accept histories of a correct server with 1 to 8 requests in flight. */
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
 * Checks histories with one mutation: where the search finds one illegal, the verdict must be
 * broken. The verdict may be stricter than the search, because it requires more than that some server
 * could have given these answers:
 * - a sale belongs to its buyer, and the ledger contains it;
 * - no client sees half of a commit, while the search lets a request pass between its sales;
 * - the ledger puts the sales of several events into one order, while the answers for each event may
 *   also fit another order;
 * - for an unanswered buy, the ledger decides whether and when it was sold, while the search may choose
 *   another unanswered buy, or another time.
 * The last two cannot happen with one event and every buy answered, because the serials then determine
 * the order. There both must agree, unless a mutation names one of the first two as its reason.
 *
 * @returns how many histories were mutated, and how many of those the verdict called broken
 */
export function agreeOnBadHistories(
  { mutate, stricter }: Mutation,
  eventsMax: number,
  runs: Runs,
): { applied: number; broken: number } {
  let applied = 0;
  let broken = 0;
  let compared = 0;
  fc.assert(
    fc.property(scripts(eventsMax), fc.nat(), (script, pick) => {
      const mutated = mutate(play(script), pick);
      if (mutated === undefined) return;
      const { verdict, because } = judgeHistory(mutated.history, mutated.reference);
      const opinion = secondOpinion(mutated);
      applied++;
      if (verdict === 'broken') broken++;
      expect(opinion).not.toBe('unknown'); // all of these are short enough to be decided
      if (opinion === 'illegal') expect(verdict).toBe('broken');
      if (stricter || eventsMax > 1 || mutated.history.requests.some(isUnknown)) return;
      compared++;
      expect([verdict === 'broken', because]).toEqual([opinion === 'illegal', because]);
    }),
    runs,
  );
  // Otherwise the comparison would prove nothing.
  expect(applied).toBeGreaterThan(runs.numRuns / 20);
  expect(broken).toBeGreaterThan(applied / 4);
  if (!stricter && eventsMax === 1) expect(compared).toBeGreaterThan(0);
  return { applied, broken };
}
