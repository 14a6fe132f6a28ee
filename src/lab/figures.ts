import type { SalesHistory } from '../booking/store.js';
import type { BuyerResult } from '../client/buyers.js';
import type { Figures } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import type { Verdict } from '../verdict/judge.js';
import type { Timeline } from './build-timeline.js';
import { countOvertakings, lockWaits, processBatches } from './contention.js';
import { hasLock } from './experiment-setting.js';

/**
 * What was sold of one event between two readings of the store's history, as if nothing else had been
 * sold: runs that share a sandbox follow one another, each with its own event.
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
    damage: after.damage,
  };
}

/** Computes the figures of a run. Pure. */
export function figuresOf(
  setting: Setting,
  results: readonly BuyerResult[],
  verdict: Verdict,
  { lanes, sellingMs }: Timeline,
): Figures {
  const [event] = verdict.events;
  const batches = processBatches(lanes);
  const toldSoldOut = results.filter(({ kind }) => kind === 'refused').length;
  const unknown = results.filter(({ kind }) => kind === 'unknown').length;
  const seconds = sellingMs / 1000;
  const answered = results.length - unknown;
  const locked = hasLock(setting);
  const lockWaitMs = locked ? lockWaits(batches) : undefined;
  return {
    buyers: setting.buyers,
    capacity: setting.capacity,
    toldSold: results.reduce(
      (sum, result) => sum + (result.kind === 'sold' ? result.serials.length : 0),
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
