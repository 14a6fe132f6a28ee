import type { CommitLog, StateRange } from './commit-log.js';
import type { MatchedSale } from './match-sales.js';
import type { PlacedRead } from './place-reads.js';
import type { RecordedRequest } from './recorded-request.js';
import { describe, type Violations } from './violations.js';

/** A request in time, and the states in which it may have taken effect. */
interface Item {
  readonly request: RecordedRequest;
  readonly sells: boolean;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly states: StateRange;
  /** The state that its answer proves to have been reached; 0 until it is placed. */
  reached: number;
}

/**
 * Checks that the commit log agrees with real time: what a client knew before a request was sent
 * had happened when it was sent. Pure; two sorts and one pass.
 *
 * Sales have fixed positions. A read may fit several states, and gets the first one that is not older
 * than any answer received before it was sent. No choice is better, because an earlier state
 * constrains later requests less. So if the reads can be placed at all, they are placed here, without
 * backtracking. An answer proves a whole commit, since no client sees half of one.
 *
 * @param start the state that had been reached before the first request was sent
 */
export function checkRealTime(
  sales: readonly MatchedSale[],
  reads: readonly PlacedRead[],
  log: CommitLog,
  violations: Violations,
  start: number,
): void {
  const items: Item[] = [...sales.map(itemOfSale), ...reads.map(itemOfRead)];
  const byAnswer = items.toSorted((a, b) => compare(a.answeredAt, b.answeredAt));
  const lastSent = lastSentByState(sales, log.sales.length);
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
    const from = Math.max(states.from, known);
    const state = log.endOfCommitAt(from);
    if (from > states.to || (item.sells && known === states.from)) {
      const [own, other] = [log.versionAt(states.to), log.versionAt(known)];
      const contrast =
        source === undefined
          ? `the recording began with version ${other}`
          : `${describe(source)} had already been answered from version ${other}`;
      const what = `was answered from version ${own}, although ${contrast}`;
      violations.add(item.sells ? 'outOfOrder' : 'stale', request, what);
    } else if (!item.sells && (lastSent[state] ?? 0) > item.answeredAt) {
      const version = log.versionAt(state);
      violations.add('early', request, `saw version ${version} before it was requested`);
    } else {
      item.reached = state;
    }
  }
}

/** Compares two times. They are not subtracted, because two infinite times give NaN. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

const itemOfSale = ({ logged, request, sentAt, answeredAt }: MatchedSale): Item => ({
  request,
  sells: true,
  sentAt,
  answeredAt,
  states: { from: logged.position, to: logged.position },
  reached: 0,
});

const itemOfRead = (read: PlacedRead): Item => ({ ...read, sells: false, reached: 0 });

/** For each state, when the last of the sales that led to it was sent. */
function lastSentByState(sales: readonly MatchedSale[], end: number): number[] {
  const latest = new Array<number>(end + 1).fill(Number.NEGATIVE_INFINITY);
  for (const { logged, sentAt } of sales) latest[logged.position] = sentAt;
  for (let state = 1; state <= end; state++) {
    latest[state] = Math.max(latest[state] as number, latest[state - 1] as number);
  }
  return latest;
}
