import fc from 'fast-check';
import { expect } from 'vitest';
import { historyJudge, judgeHistory } from '../../src/verdict/judge-history.js';
import { lifeRules } from '../../src/verdict/life-rules.js';
import { isUnknown } from '../../src/verdict/recorded-request.js';
import type { ViolationKind } from '../../src/verdict/violations.js';
import type { BrokenServer } from './broken-servers.js';
import { freshInventory } from './inventory-model.js';
import { linearizable, STEPS_MAX } from './linearizable.js';
import type { Mutation } from './mutations.js';
import { type Played, play, scripts, type Verbs } from './scripted-server.js';

/** How many random histories, and from which seed. */
export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

/**
 * With every verb, a bad history may have thousands of orders to rule out, since holds may end and commits
 * may join at many times: the search gives up on the longest ones, which is no opinion.
 */
const STEPS_MAX_OF_ALL_VERBS = 100;

const secondOpinion = ({ history, reference }: Played, verbs: Verbs) =>
  linearizable(
    history.requests,
    freshInventory(reference.events),
    verbs === 'sales' ? STEPS_MAX : STEPS_MAX_OF_ALL_VERBS,
  );

/** Checks that both checkers accept histories of a correct server with 1 to 8 requests in flight. */
export function acceptGoodHistories(eventsMax: number, verbs: Verbs, runs: Runs): void {
  let decided = 0;
  fc.assert(
    fc.property(scripts(eventsMax, verbs), (script) => {
      const played = play(script);
      expect(judgeHistory(played.history, played.reference).first).toBeUndefined();
      const opinion = secondOpinion(played, verbs);
      expect(opinion).not.toBe('illegal');
      if (opinion === 'ok') decided++;
    }),
    runs,
  );
  expect(decided).toBeGreaterThan(verbs === 'sales' ? runs.numRuns - 1 : runs.numRuns * 0.75);
}

/**
 * Checks histories with one mutation: where the search finds one illegal, the verdict must be
 * broken. The verdict may be stricter than the search, because it requires more than that some server
 * could have given these answers:
 * - a sale belongs to its buyer, and the ledger contains it;
 * - no client sees half of a commit, while the search lets a request pass between its sales;
 * - the ledger puts the sales of several events into one order, while the answers for each event may
 *   also fit another order;
 * - the ledger contains the time of each commit, by which holds end and sales begin;
 * - for an unanswered request, the ledger decides whether and when it was done, while the search may
 *   choose another unanswered request, or another time.
 * The last two cannot happen with one event and every buy answered, because the serials then determine
 * the order. There both must agree, unless a mutation names one of the first two as its reason.
 *
 * @returns how many histories were mutated; of how many both checkers had to say the same: too few prove nothing
 */
export function agreeOnBadHistories(
  { mutate, stricter, verbs = 'sales' }: Mutation,
  eventsMax: number,
  runs: Runs,
): Compared & { readonly compared: number } {
  const found = { applied: 0, broken: 0, compared: 0, alone: new Set<ViolationKind>() };
  fc.assert(
    fc.property(scripts(eventsMax, verbs), fc.nat(), (script, pick) => {
      const mutated = mutate(play(script), pick);
      fc.pre(mutated !== undefined); // another script, then
      const { isBroken, isIllegal, because } = compare(mutated, verbs, found);
      if (stricter || eventsMax > 1 || mutated.history.requests.some(isUnknown)) return;
      found.compared++;
      expect([isBroken, because]).toEqual([isIllegal, because]);
    }),
    runs,
  );
  return found;
}

/**
 * Checks histories of a server that lacks a guard. Where the search finds one illegal, the verdict must be
 * broken; and the verdict without the rule must accept what only this rule finds.
 */
export function findBrokenServer({ create, rule }: BrokenServer, runs: Runs): Compared {
  const found = { applied: 0, broken: 0, alone: new Set<ViolationKind>() };
  const { [rule]: _, ...otherRules } = lifeRules;
  const judgeWithoutIt = historyJudge(otherRules);
  let accepted = 0;
  fc.assert(
    fc.property(scripts(2, 'all'), (script) => {
      const played = play(script, create());
      const { violations } = judgeHistory(played.history, played.reference);
      fc.pre(Object.keys(violations).length > 0); // the guard was not needed
      compare(played, 'all', found);
      if (Object.keys(violations).join() !== rule) return;
      expect(judgeWithoutIt(played.history, played.reference).verdict).not.toBe('broken');
      accepted++;
    }),
    runs,
  );
  expect(accepted).toBeGreaterThan(0);
  return found;
}

export interface Compared {
  applied: number;
  /** How many of them the verdict called broken. */
  broken: number;
  /** The kinds of violation that were the only one in some history: without that check, it would have been accepted. */
  readonly alone: Set<ViolationKind>;
}

function compare(played: Played, verbs: Verbs, found: Compared) {
  const { verdict, because, violations } = judgeHistory(played.history, played.reference);
  const opinion = secondOpinion(played, verbs);
  const isBroken = verdict === 'broken';
  found.applied++;
  if (isBroken) found.broken++;
  const [kind, ...others] = Object.keys(violations) as ViolationKind[];
  if (kind !== undefined && others.length === 0) found.alone.add(kind);
  if (verbs === 'sales') expect(opinion).not.toBe('unknown'); // short enough to be decided
  if (opinion === 'illegal') expect(verdict).toBe('broken');
  return { isBroken, isIllegal: opinion === 'illegal', because };
}
