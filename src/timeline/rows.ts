import type { Batch } from './report.js';

/** Each turn with its row, from 0, so that no two of one row overlap. Turns come in order of start. */
export function rowsOf(batches: readonly Batch[]): Map<Batch, number> {
  const free: number[] = [];
  const rows = new Map<Batch, number>();
  for (const batch of batches) {
    const found = free.findIndex((end) => end <= batch.start);
    const row = found === -1 ? free.length : found;
    free[row] = batch.end;
    rows.set(batch, row);
  }
  return rows;
}
