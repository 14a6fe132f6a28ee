import type { CommitLog } from './commit-log.js';
import type { MatchedChange } from './match-changes.js';
import type { PlacedRead } from './place-reads.js';
import type { RecordedRequest } from './recorded-request.js';
import { firstStateFrom, type StateRanges } from './state-ranges.js';
import { describe, type Violations } from './violations.js';

/** A request in time, and the states in which it may have taken effect. */
interface Item {
  readonly request: RecordedRequest;
  readonly changes: boolean;
  /** Whether it names its state as the newest one that was committed. */
  readonly isExact: boolean;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly states: StateRanges;
  /** The state that its answer proves to have been reached; 0 until it is placed. */
  reached: number;
}

/**
 * Checks that the commit log agrees with real time: what a client knew before a request was sent
 * had happened when it was sent. Pure; two sorts and one pass.
 *
 * Changes have fixed positions. A read may fit several states, and gets the first one that is not older
 * than any answer received before it was sent. No choice is better, because an earlier state
 * constrains later requests less. So if the reads can be placed at all, they are placed here, without
 * backtracking. An answer proves a whole commit, since no client sees half of one. An answer from a state
 * in which the time of a hold was over proves only the commit before: no process may have committed that.
 *
 * @param start the state that had been reached before the first request was sent
 */
export function checkRealTime(
  changes: readonly MatchedChange[],
  reads: readonly PlacedRead[],
  log: CommitLog,
  violations: Violations,
  start: number,
): void {
  const items: Item[] = [...changes.map(itemOfChange), ...reads.map(itemOfRead)];
  const byAnswer = items.toSorted((a, b) => compare(a.answeredAt, b.answeredAt));
  const lastSent = lastSentByState(changes, log.lastState);
  let answered = 0;
  let known = start;
  let source: RecordedRequest | undefined;

  for (const item of items.toSorted((a, b) => compare(a.sentAt, b.sentAt))) {
    for (; ; answered++) {
      const next = byAnswer[answered];
      if (next === undefined || next.answeredAt >= item.sentAt) break;
      if (next.reached <= known) continue;
      known = next.reached;
      source = next.request;
    }
    const { states, request } = item;
    const from = firstStateFrom(states, item.changes ? known + 1 : known);
    if (from === undefined) {
      const last = states.at(-1)?.to ?? 0;
      const [own, other] = [log.versionAt(last), log.versionAt(known)];
      const contrast =
        source === undefined
          ? `the recording began with version ${other}`
          : `${describe(source)} had already been answered from version ${other}`;
      const what = `was answered from version ${own}, although ${contrast}`;
      violations.add(item.changes ? 'outOfOrder' : 'stale', request, what);
      continue;
    }
    const state = item.isExact ? from : log.endOfCommitAt(from);
    if (!item.changes && (lastSent[Math.max(state, from)] ?? 0) > item.answeredAt) {
      const version = log.versionAt(state);
      violations.add('early', request, `saw version ${version} before it was requested`);
    } else {
      item.reached = state;
    }
  }
}

/** Compares two times. They are not subtracted, because two infinite times give NaN. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

const itemOfChange = ({ logged, request, sentAt, answeredAt }: MatchedChange): Item => ({
  request,
  changes: true,
  isExact: false,
  sentAt,
  answeredAt,
  states: [{ from: logged.position, to: logged.position }],
  reached: 0,
});

const itemOfRead = (read: PlacedRead): Item => ({ ...read, changes: false, reached: 0 });

/** For each state, when the last of the changes that led to it was sent. */
function lastSentByState(changes: readonly MatchedChange[], end: number): number[] {
  const latest = new Array<number>(end + 1).fill(Number.NEGATIVE_INFINITY);
  for (const { logged, sentAt } of changes) latest[logged.position] = sentAt;
  for (let state = 1; state <= end; state++) {
    latest[state] = Math.max(latest[state] as number, latest[state - 1] as number);
  }
  return latest;
}
