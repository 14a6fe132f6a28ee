import { checkRealTime } from './check-real-time.js';
import { CommitLog } from './commit-log.js';
import type { Ruling } from './judge.js';
import { type LifeRules, lifeRules } from './life-rules.js';
import { matchChanges } from './match-changes.js';
import { placeReads } from './place-reads.js';
import {
  type History,
  isOrder,
  isSearch,
  isSuccess,
  isUnknown,
  type RecordedRequest,
} from './recorded-request.js';
import type { ReferenceLog } from './reference-log.js';
import { type Violation, type ViolationCounts, Violations } from './violations.js';

export interface HistoryVerdict {
  readonly verdict: Ruling;
  /** One line for people: what was proved, what is wrong, or why nothing is proved. */
  readonly because: string;
  readonly requests: number;
  /** Orders that buyers were answered, including replays. */
  readonly sold: number;
  /** Any other change that clients were answered: holds, cancellations, admissions, edits. */
  readonly changed: number;
  /** Answers that repeated an earlier one: the request changed nothing. */
  readonly repeated: number;
  readonly refused: number;
  readonly searched: number;
  /** Requests without an answer, or with a 5xx, which leaves open whether they changed anything. */
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
 * whole, all events share one order, that of the ledger, and what the ledger contains keeps the rules of
 * a ticket's life by the times of its commits.
 */
export const judgeHistory = historyJudge(lifeRules);

/** A judge of histories with these rules for what a ledger contains. */
export function historyJudge(rules: LifeRules) {
  return (
    { requests, dropped }: History,
    reference: ReferenceLog,
    { since = 0, others = false }: JudgeHistoryOptions = {},
  ): HistoryVerdict => {
    const violations = new Violations();
    const log = new CommitLog(reference, rules);
    const start = log.stateAfter(since);
    let repeated = 0;
    if (log.error !== undefined) violations.addOfLedger('wrongLedger', log.error);
    else if (start === undefined) {
      violations.addOfLedger('wrongLedger', `the ledger ends before version ${since}`);
    } else {
      const complete = dropped === 0 && !others;
      const matches = matchChanges(requests, log, violations, { start, complete });
      const reads = placeReads(requests, log, violations, reference.keysRemembered);
      checkRealTime(matches.changes, reads, log, violations, start);
      for (const { rule, version, what } of log.brokenRules) {
        violations.addOfLedger(rule, `version ${version} ${what}`);
      }
      checkKeys(log, reference.keysRemembered, violations);
      repeated = matches.repeated + reads.filter(({ request }) => isRepeated(request)).length;
    }

    const sold = requests.filter(isOrder).length;
    const searched = requests.filter(isSearch).length;
    const counts = {
      requests: requests.length,
      sold,
      changed: requests.filter(isSuccess).length - sold - searched,
      repeated,
      refused: requests.filter(isRefused).length,
      searched,
      unknown: requests.filter(isUnknown).length,
    };
    const { first } = violations;
    const gap = missingProof(counts, dropped);
    const because = first?.words ?? gap ?? `the ledger explains all ${counts.requests} requests`;
    const verdict = first ? 'broken' : gap ? 'inconclusive' : 'holds';
    return { verdict, because, ...counts, violations: violations.counts, ...(first && { first }) };
  };
}

/** A success that is placed like a read: somebody else had done it. */
const isRepeated = (request: RecordedRequest): boolean => isSuccess(request) && !isSearch(request);

const refusals: readonly number[] = [404, 409, 410, 412, 422];

const isRefused = ({ question, answer }: RecordedRequest): boolean =>
  question.kind !== 'search' && refusals.includes(answer?.status ?? 0);

/** A remembered key is used once. */
function checkKeys(log: CommitLog, keysRemembered: number, violations: Violations): void {
  const lastPositions = new Map<string, number>();
  for (const { op, position, version } of log.changes()) {
    const key = 'key' in op ? op.key : undefined;
    if (key === undefined) continue;
    const last = lastPositions.get(key);
    lastPositions.set(key, position);
    if (last === undefined || position - last > keysRemembered) continue;
    const words = `key ${JSON.stringify(key)} was used again in version ${version}`;
    violations.addOfLedger('keySoldTwice', words);
  }
}

/** Why a history without a violation still proves nothing. */
function missingProof(
  { sold, changed, repeated, refused }: Omit<HistoryVerdict, 'verdict' | 'because' | 'violations'>,
  dropped: number,
): string | undefined {
  if (dropped > 0) return `${dropped} requests were not recorded`;
  if (sold + changed === 0) return 'nothing was sold';
  return refused + repeated === 0 ? 'no buyer was refused' : undefined;
}
