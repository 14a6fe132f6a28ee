import type { Ruling } from './judge.js';
import { matchSales } from './match-sales.js';
import { placeReads } from './reads.js';
import { checkRealTime } from './real-time.js';
import { type History, isBuy, isRefusal, isSale, isSearch, isUnknown } from './recorded-request.js';
import type { ReferenceLog } from './reference-log.js';
import { Timeline } from './timeline.js';
import { type Violation, type ViolationCounts, Violations } from './violations.js';

export interface HistoryVerdict {
  readonly verdict: Ruling;
  /** One line for people: what was proved, what is wrong, or why nothing is proved. */
  readonly because: string;
  readonly requests: number;
  /** Answers 201, replays of a sale too. */
  readonly sold: number;
  readonly refused: number;
  readonly searched: number;
  /** Buys without an answer, or with one that says nothing. */
  readonly unknown: number;
  readonly violations: ViolationCounts;
  /** The offence whose request was sent first. */
  readonly first?: Violation;
}

export interface JudgeHistoryOptions {
  /** The version at which the recording began: sales up to it are older. 0 for a fresh office. */
  readonly since?: number;
  /** Somebody who was not recorded may have bought too: then a sale that nobody asked for is no offence. */
  readonly others?: boolean;
}

/**
 * Judges what clients saw, with the ledger as witness. Pure; time in the order of sorting.
 *
 * The ledger names the order in which everything happened, so nothing is searched for. It is left to
 * check that the order explains every answer and agrees with real time, which is what linearizable
 * means (Herlihy and Wing, Linearizability, 1990): where each answer stands in the order, and whether
 * whatever was answered before another was sent stands before it.
 *
 * It asks for more than linearizability in this: a sale belongs to its buyer, a commit happens as a
 * whole, and events share one order, the ledger's.
 */
export function judgeHistory(
  history: History,
  reference: ReferenceLog,
  { since = 0, others = false }: JudgeHistoryOptions = {},
): HistoryVerdict {
  const { requests, dropped } = history;
  const violations = new Violations();
  const timeline = new Timeline(reference);
  const base = timeline.endOf(since);
  if (timeline.fault !== undefined) violations.noteLedger('wrongLedger', timeline.fault);
  else if (base === undefined) {
    violations.noteLedger('wrongLedger', `the ledger ends before version ${since}`);
  } else {
    const whole = dropped === 0 && !others;
    const claims = matchSales(requests.filter(isBuy), timeline, violations, { base, whole });
    const { keysRemembered } = reference;
    const reads = placeReads(requests, timeline, violations, keysRemembered);
    checkRealTime(claims, reads, timeline, violations, base);
    checkKeys(timeline, keysRemembered, violations);
  }

  const counts = {
    requests: requests.length,
    sold: requests.filter(isSale).length,
    refused: requests.filter(isRefusal).length,
    searched: requests.filter(isSearch).length,
    unknown: requests.filter(isUnknown).length,
  };
  const { first } = violations;
  const missing = whatIsMissing(counts, dropped);
  const because =
    first?.words ?? missing ?? `${counts.requests} answers, and the ledger explains each of them`;
  const verdict = first ? 'broken' : missing ? 'inconclusive' : 'holds';
  return { verdict, because, ...counts, violations: violations.counts, ...(first && { first }) };
}

/** A key that is remembered sells once. */
function checkKeys(timeline: Timeline, keysRemembered: number, violations: Violations): void {
  const lastWith = new Map<string, number>();
  for (const { op, place, version } of timeline.ops) {
    if (op.key === undefined) continue;
    const last = lastWith.get(op.key);
    lastWith.set(op.key, place);
    if (last === undefined || place - last > keysRemembered) continue;
    const words = `key ${JSON.stringify(op.key)} sold again in version ${version}`;
    violations.noteLedger('keySoldTwice', words);
  }
}

/** Why a history without an offence is still no proof. */
function whatIsMissing(
  { sold, refused }: Pick<HistoryVerdict, 'sold' | 'refused'>,
  dropped: number,
): string | undefined {
  if (dropped > 0) return `${dropped} requests were not recorded`;
  if (sold === 0) return 'nothing was sold';
  return refused === 0 ? 'nobody was refused' : undefined;
}
