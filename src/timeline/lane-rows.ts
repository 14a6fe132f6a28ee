import type { HighlightedPair } from './highlighted-pair.js';
import type { Batch, Lane } from './report.js';

/** A batch and its row within the lane, from 0. */
export interface PlacedBatch {
  readonly batch: Batch;
  readonly row: number;
}

/** The batches of a process; overlapping batches are in different rows. */
export interface PlacedLane {
  readonly lane: Lane;
  readonly batches: readonly PlacedBatch[];
  readonly rows: number;
}

/** Places the batches of a pair or, without one, all batches of all lanes. */
export function placeLanes(lanes: readonly Lane[], pair?: HighlightedPair): PlacedLane[] {
  return pair === undefined ? lanes.map(placeAll) : placePair(pair, lanes);
}

/** The lanes stay in their order, so that each process keeps its place. */
function placePair({ first, second }: HighlightedPair, lanes: readonly Lane[]): PlacedLane[] {
  const sides = [first, second].map(({ batch }) => batch);
  const [from, to] = [
    Math.min(...sides.map(({ start }) => start)),
    Math.max(...sides.map(({ end }) => end)),
  ];
  return lanes
    .filter((lane) => lane === first.lane || lane === second.lane)
    .map((lane) => {
      const own = sides.filter((batch) => lane.batches.includes(batch));
      return {
        lane: { ...lane, marks: lane.marks.filter(({ at }) => at >= from && at <= to) },
        batches: own.map((batch, row) => ({ batch, row })),
        rows: own.length,
      };
    });
}

function placeAll(lane: Lane): PlacedLane {
  const rows = assignRows(lane.batches);
  const batches = lane.batches.map((batch) => ({ batch, row: rows.get(batch) ?? 0 }));
  return { lane, batches, rows: 1 + Math.max(0, ...rows.values()) };
}

/**
 * Assigns each batch the first row, from 0, in which it overlaps no other.
 *
 * @param batches in order of their start
 */
export function assignRows(batches: readonly Batch[]): Map<Batch, number> {
  const rowEnds: number[] = [];
  const rows = new Map<Batch, number>();
  for (const batch of batches) {
    const free = rowEnds.findIndex((end) => end <= batch.start);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = batch.end;
    rows.set(batch, row);
  }
  return rows;
}
