import type { Pair } from './pair.js';
import type { Batch, Lane } from './report.js';
import { rowsOf } from './rows.js';

/** One turn, in the row of its lane where it fits. */
export interface PlacedBatch {
  readonly batch: Batch;
  readonly row: number;
}

/** A process's turns, those that overlap in rows of their own. */
export interface PlacedLane {
  readonly lane: Lane;
  readonly batches: readonly PlacedBatch[];
  readonly rows: number;
}

/** The lanes of two turns alone; without them, all turns of all lanes. */
export function placeLanes(lanes: readonly Lane[], pair?: Pair): PlacedLane[] {
  return pair === undefined ? lanes.map(placeAll) : placePair(pair);
}

function placePair({ first, second }: Pair): PlacedLane[] {
  if (first.lane === second.lane) {
    const batches = [first, second].map(({ batch }, row) => ({ batch, row }));
    return [{ lane: first.lane, batches, rows: 2 }];
  }
  return [first, second].map(({ lane, batch }) => ({
    lane,
    batches: [{ batch, row: 0 }],
    rows: 1,
  }));
}

function placeAll(lane: Lane): PlacedLane {
  const rows = rowsOf(lane.batches);
  const batches = lane.batches.map((batch) => ({ batch, row: rows.get(batch) ?? 0 }));
  return { lane, batches, rows: 1 + Math.max(0, ...rows.values()) };
}
