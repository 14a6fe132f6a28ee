import { checkRealTime } from './check-real-time.js';
import { CommitLog } from './commit-log.js';
import type { Ruling } from './judge.js';
import { matchSales } from './match-sales.js';
import { placeReads } from './place-reads.js';
import { type History, isBuy, isRefusal, isSale, isSearch, isUnknown } from './recorded-request.js';
import type { ReferenceLog } from './reference-log.js';
import { type Violation, type ViolationCounts, Violations } from './violations.js';

export interface HistoryVerdict {
  readonly verdict: Ruling;
  /** One line for people: what was proved, what is wrong, or why nothing is proved. */
  readonly because: string;
  readonly requests: number;
  /** Answers 201, including replays of a sale. */
  readonly sold: number;
  readonly refused: number;
  readonly searched: number;
  /** Buys without an answer, or with a 5xx, which leaves open whether they sold. */
  readonly unknown: number;
  readonly violations: ViolationCounts;
  /** The violation whose request was sent first. */
  readonly first?: Violation;
}

export interface JudgeHistoryOptions {
  /** The version at which the recording began: sales up to it are older. 0 for new tickets. */
  readonly since?: number;
  /** Other clients, not recorded, may have bought too: a sale without a request is then allowed. */
  readonly others?: boolean;
}

/**
 * Judges what clients saw against the ledger as reference. Pure; the time is that of sorting.
 *
 * The ledger gives the order in which everything happened, so no order is searched for. What is left
 * is to check that this order explains every answer and agrees with real time, which is what
 * linearizable means (Herlihy and Wing, Linearizability, 1990): each answer must fit a state of the
 * log, and whatever was answered before a request was sent must precede it in the log.
 *
 * It requires more than linearizability: a sale belongs to its buyer, a commit takes effect as a
 * whole, and all events share one order, that of the ledger.
 */
export function judgeHistory(
  history: History,
  reference: ReferenceLog,
  { since = 0, others = false }: JudgeHistoryOptions = {},
): HistoryVerdict {
  const { requests, dropped } = history;
  const violations = new Violations();
  const log = new CommitLog(reference);
  const start = log.stateAfter(since);
  if (log.error !== undefined) violations.addOfLedger('wrongLedger', log.error);
  else if (start === undefined) {
    violations.addOfLedger('wrongLedger', `the ledger ends before version ${since}`);
  } else {
    const complete = dropped === 0 && !others;
    const sales = matchSales(requests.filter(isBuy), log, violations, { start, complete });
    const { keysRemembered } = reference;
    const reads = placeReads(requests, log, violations, keysRemembered);
    checkRealTime(sales, reads, log, violations, start);
    checkKeys(log, keysRemembered, violations);
  }

  const counts = {
    requests: requests.length,
    sold: requests.filter(isSale).length,
    refused: requests.filter(isRefusal).length,
    searched: requests.filter(isSearch).length,
    unknown: requests.filter(isUnknown).length,
  };
  const { first } = violations;
  const gap = missingProof(counts, dropped);
  const because = first?.words ?? gap ?? `the ledger explains all ${counts.requests} requests`;
  const verdict = first ? 'broken' : gap ? 'inconclusive' : 'holds';
  return { verdict, because, ...counts, violations: violations.counts, ...(first && { first }) };
}

/** A remembered key sells once. */
function checkKeys(log: CommitLog, keysRemembered: number, violations: Violations): void {
  const lastPositions = new Map<string, number>();
  for (const { sale, position, version } of log.sales) {
    if (sale.key === undefined) continue;
    const last = lastPositions.get(sale.key);
    lastPositions.set(sale.key, position);
    if (last === undefined || position - last > keysRemembered) continue;
    const words = `key ${JSON.stringify(sale.key)} sold again in version ${version}`;
    violations.addOfLedger('keySoldTwice', words);
  }
}

/** Why a history without a violation still proves nothing. */
function missingProof(
  { sold, refused }: Pick<HistoryVerdict, 'sold' | 'refused'>,
  dropped: number,
): string | undefined {
  if (dropped > 0) return `${dropped} requests were not recorded`;
  if (sold === 0) return 'nothing was sold';
  return refused === 0 ? 'no buyer was refused' : undefined;
}
