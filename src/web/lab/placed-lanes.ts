import type { Lane, Turn } from '../../lab/report.js';
import type { Pair } from './pair.js';
import { rowsOf } from './rows.js';

/** One turn, in the row of its lane where it fits. */
export interface PlacedTurn {
  readonly turn: Turn;
  readonly row: number;
}

/** A process's turns, those that overlap in rows of their own. */
export interface PlacedLane {
  readonly lane: Lane;
  readonly turns: readonly PlacedTurn[];
  readonly rows: number;
}

/** The lanes of two turns alone; without them, all turns of all lanes. */
export function placeLanes(lanes: readonly Lane[], pair?: Pair): PlacedLane[] {
  return pair === undefined ? lanes.map(placeAll) : placePair(pair);
}

function placePair({ first, second }: Pair): PlacedLane[] {
  if (first.lane === second.lane) {
    const turns = [first, second].map(({ turn }, row) => ({ turn, row }));
    return [{ lane: first.lane, turns, rows: 2 }];
  }
  return [first, second].map(({ lane, turn }) => ({ lane, turns: [{ turn, row: 0 }], rows: 1 }));
}

function placeAll(lane: Lane): PlacedLane {
  const rows = rowsOf(lane.turns);
  const turns = lane.turns.map((turn) => ({ turn, row: rows.get(turn) ?? 0 }));
  return { lane, turns, rows: 1 + Math.max(0, ...rows.values()) };
}
