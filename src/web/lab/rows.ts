import type { Turn } from '../../lab/report.js';

/** Each turn with its row, from 0, so that no two of one row overlap. Turns come in order of start. */
export function rowsOf(turns: readonly Turn[]): Map<Turn, number> {
  const free: number[] = [];
  const rows = new Map<Turn, number>();
  for (const turn of turns) {
    const found = free.findIndex((end) => end <= turn.start);
    const row = found === -1 ? free.length : found;
    free[row] = turn.end;
    rows.set(turn, row);
  }
  return rows;
}
