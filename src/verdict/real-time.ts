import type { Claim } from './match-sales.js';
import type { Read } from './reads.js';
import type { RecordedRequest } from './recorded-request.js';
import type { Span, Timeline } from './timeline.js';
import { describe, type Violations } from './violations.js';

/** A request in time, and where its answer may stand in the timeline. */
interface Item {
  readonly request: RecordedRequest;
  readonly sells: boolean;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly span: Span;
  /** The point that its answer shows to have come; 0 as long as it is given none. */
  shows: number;
}

/**
 * Checks that the timeline agrees with real time: what was told before a request was sent had
 * happened when it was sent. Pure; two sorts and one pass.
 *
 * Sales have their places. A read may fit several points, and gets the first of them that is not
 * older than anything told before it was sent. There is no better choice, because an earlier point
 * forbids less to those that come after. So if the reads can be placed at all, they are placed here,
 * and nothing is tried twice. An answer shows a whole commit: nobody is told of half of one.
 *
 * @param base the point that had come before the first request was sent
 */
export function checkRealTime(
  claims: readonly Claim[],
  reads: readonly Read[],
  timeline: Timeline,
  violations: Violations,
  base: number,
): void {
  const items: Item[] = [...claims.map(itemOfClaim), ...reads.map(itemOfRead)];
  const byAnswer = items.toSorted((a, b) => compare(a.answeredAt, b.answeredAt));
  const lastSent = lastSentUpTo(claims, timeline.ops.length);
  let answered = 0;
  let results = base;
  let teller: RecordedRequest | undefined;

  for (const item of items.toSorted((a, b) => compare(a.sentAt, b.sentAt))) {
    for (; ; answered++) {
      const next = byAnswer[answered];
      if (next === undefined || next.answeredAt >= item.sentAt) break;
      if (next.shows <= results) continue;
      results = next.shows;
      teller = next.request;
    }
    const { span, request } = item;
    const from = Math.max(span.from, results);
    const point = timeline.endOfCommitAt(from);
    if (from > span.to || (item.sells && results === span.from)) {
      const [mine, theirs] = [timeline.versionAt(span.to), timeline.versionAt(results)];
      const before =
        teller === undefined
          ? `the recording began with version ${theirs}`
          : `${describe(teller)} had been told of version ${theirs} before`;
      const what = `has version ${mine}, although ${before}`;
      violations.note(item.sells ? 'outOfOrder' : 'stale', request, what);
    } else if (!item.sells && (lastSent[point] ?? 0) > item.answeredAt) {
      const version = timeline.versionAt(point);
      violations.note('early', request, `was told of version ${version} before that was asked for`);
    } else {
      item.shows = point;
    }
  }
}

/** Two times, of which either may be infinite: their difference would be no number. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

const itemOfClaim = ({ placed: { place }, request, sentAt, answeredAt }: Claim): Item => ({
  request,
  sells: true,
  sentAt,
  answeredAt,
  span: { from: place, to: place },
  shows: 0,
});

const itemOfRead = (read: Read): Item => ({ ...read, sells: false, shows: 0 });

/** For each point, when the last of the sales before it was sent. */
function lastSentUpTo(claims: readonly Claim[], end: number): number[] {
  const latest = new Array<number>(end + 1).fill(Number.NEGATIVE_INFINITY);
  for (const { placed, sentAt } of claims) latest[placed.place] = sentAt;
  for (let place = 1; place <= end; place++) {
    latest[place] = Math.max(latest[place] as number, latest[place - 1] as number);
  }
  return latest;
}
