import { ms } from './format.js';
import type { TimelineRun } from './highlighted-pair.js';
import { axisOfRun } from './layout.js';
import { type Markup, markup } from './markup.js';
import { processClass } from './process-class.js';
import type { Batch, Lane, SpanKind } from './report.js';

/** From where to where, in time or in places of a thumbnail. */
type Interval = readonly [from: number, to: number];

/** A run in miniature: when each process was in its critical section. */
export interface Thumbnail {
  /** How many places there are along time; fewer than a pixel each. */
  readonly places: number;
  readonly lanes: readonly { readonly name: string; readonly blocks: readonly Interval[] }[];
  /** How long the run took. */
  readonly runMs: number;
  /** How long two processes were in their critical sections at the same time. */
  readonly togetherMs: number;
}

/** A row of a lane, and the gap between two, in pixels. */
const [ROW, GAP] = [7, 2];

/** How high a thumbnail of so many lanes is, in pixels. */
export const thumbnailHeight = (lanes: number): number => lanes * (ROW + GAP) - GAP;

/**
 * Makes a run so small that a browser can keep it: blocks that lie closer than a place are one. Pure.
 *
 * @param places along time, so there are at most half as many blocks in a lane
 */
export function thumbnailOf(run: TimelineRun, places: number): Thumbnail {
  const axis = axisOfRun(run, { batches: 'all', spacing: 'true', detail: 'full' });
  const sections = run.lanes.map(({ batches }) => merged(batches.flatMap(criticalSection)));
  const placed = ([from, to]: Interval): Interval => {
    const start = Math.min(places - 1, Math.round(axis.place(from) * places));
    return [start, Math.max(start + 1, Math.round(axis.place(to) * places))];
  };
  return {
    places,
    lanes: run.lanes.map(({ name }: Lane, index) => ({
      name,
      blocks: merged((sections[index] ?? []).map(placed)),
    })),
    runMs: axis.last - axis.first,
    togetherMs: together(sections),
  };
}

/** What a process does between its read and its write. */
const inSection: ReadonlySet<SpanKind> = new Set([
  'reading',
  'pausing',
  'stopped',
  'deciding',
  'writing',
  'checking',
]);

/** From the first read of a batch to its last write; nothing for a batch that never read. */
function criticalSection({ spans }: Batch): Interval[] {
  const own = spans.filter(({ kind }) => inSection.has(kind));
  const [first] = own;
  return first === undefined ? [] : [[first.start, Math.max(...own.map(({ end }) => end))]];
}

/** Joins intervals that overlap or touch. */
function merged(intervals: readonly Interval[]): Interval[] {
  const joined: [number, number][] = [];
  for (const [from, to] of intervals.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** How long intervals of two lanes or more overlap; those of one lane do not. */
function together(lanes: readonly (readonly Interval[])[]): number {
  const changes = lanes
    .flat()
    .flatMap(([from, to]) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  let [sum, inside, since] = [0, 0, 0];
  for (const { at, by } of changes) {
    if (inside > 1) sum += at - since;
    inside += by;
    since = at;
  }
  return sum;
}

/** Draws a thumbnail: as wide as it is made, a row for each process in its colour. */
export function drawThumbnail(thumbnail: Thumbnail, attributes: Markup['attributes']): Markup {
  const { places, lanes } = thumbnail;
  return markup(
    'svg',
    {
      class: 'thumbnail',
      viewBox: `0 0 ${places} ${thumbnailHeight(lanes.length)}`,
      preserveAspectRatio: 'none',
      ...attributes,
    },
    ...lanes.map(({ name, blocks }, index) => {
      const y = index * (ROW + GAP);
      return markup(
        'g',
        { class: processClass(name) },
        markup('rect', { class: 'track', x: 0, y, width: places, height: ROW }),
        ...blocks.map(([from, to]) =>
          markup('rect', { x: from, y, width: to - from, height: ROW }),
        ),
      );
    }),
  );
}

/** A thumbnail in words. */
export function describeThumbnail({ lanes, runMs, togetherMs }: Thumbnail): string {
  const took = `in ${ms(runMs)}`;
  if (lanes.length < 2) return `one process, ${took}`;
  const overlap =
    togetherMs === 0
      ? 'never two of them between read and write'
      : `two of them between read and write for ${ms(togetherMs)}`;
  return `${lanes.length} processes, ${took}: ${overlap}`;
}
