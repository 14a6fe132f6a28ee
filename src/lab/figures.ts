import type { SalesHistory } from '../booking/store.js';
import type { Answer } from '../client/buyers.js';
import type { Figures, Setting } from '../timeline/report.js';
import type { Verdict } from '../verdict/judge.js';
import { countOvertakings, lockWaits, processBatches } from './contention.js';
import type { Traces } from './lanes.js';
import { hasLock } from './setting.js';

/**
 * What was sold of one event between two looks at the evidence, as if nothing else had ever been
 * sold there: runs that share a sandbox come one after the other, each with an event of its own.
 */
export function historySince(
  before: SalesHistory,
  after: SalesHistory,
  eventId: string,
): SalesHistory {
  const { version, events } = after.state;
  const event = events[eventId];
  const sales = after.events.get(eventId);
  return {
    state: { version, events: event === undefined ? {} : { [eventId]: event } },
    events: new Map(sales === undefined ? [] : [[eventId, sales]]),
    commits: after.commits - before.commits,
    versions: after.versions - before.versions,
    skipped: after.skipped - before.skipped,
    settled: after.settled,
  };
}

/** Counts a run. Pure. */
export function figuresOf(
  setting: Setting,
  answers: readonly Answer[],
  verdict: Verdict,
  { lanes, sellingMs }: Traces,
): Figures {
  const [event] = verdict.events;
  const batches = processBatches(lanes);
  const toldSoldOut = answers.filter(({ kind }) => kind === 'refused').length;
  const unknown = answers.filter(({ kind }) => kind === 'unknown').length;
  const seconds = sellingMs / 1000;
  const answered = answers.length - unknown;
  const locked = hasLock(setting);
  const lockWaitMs = locked ? lockWaits(batches) : undefined;
  return {
    buyers: setting.buyers,
    capacity: setting.capacity,
    toldSold: answers.reduce(
      (sum, answer) => sum + (answer.kind === 'sold' ? answer.serials.length : 0),
      0,
    ),
    toldSoldOut,
    unknown,
    remaining: event?.remaining ?? setting.capacity,
    oversold: event?.oversold ?? 0,
    duplicates: event?.duplicates ?? 0,
    lostUpdates: verdict.lostUpdates,
    withdrawn: verdict.withdrawn,
    skipped: verdict.skipped,
    seconds,
    buysPerSecond: seconds > 0 ? Math.round(answered / seconds) : 0,
    batches: batches.length,
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
    overtakings: locked ? countOvertakings(batches) : 0,
  };
}
