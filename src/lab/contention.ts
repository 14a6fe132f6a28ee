import type { Batch, Lane, WaitPercentiles } from '../timeline/report.js';

/** A turn, and whose it is. */
export interface ProcessBatch extends Batch {
  readonly pid: number;
}

/** All turns of all processes, in order of their start. */
export const processBatches = (lanes: readonly Lane[]): ProcessBatch[] =>
  lanes
    .flatMap(({ pid, batches }) => batches.map((batch) => ({ ...batch, pid })))
    .sort((a, b) => a.start - b.start);

export const spanOf = (batch: Batch, kind: Batch['spans'][number]['kind']) =>
  batch.spans.find((span) => span.kind === kind);

/** Whether two processes ever were at it at once: one wanted or held the lock while another one did. */
export function hadContention(lanes: readonly Lane[]): boolean {
  let latest: { pid: number; until: number } | undefined;
  for (const batch of processBatches(lanes)) {
    const held = spanOf(batch, 'holding');
    // A lock whose holder died is not free for that: others still may come too early.
    const until = held?.unfinished ? Number.POSITIVE_INFINITY : (held?.end ?? batch.end);
    if (latest !== undefined && latest.pid !== batch.pid && batch.start < latest.until) return true;
    if (latest === undefined || until > latest.until) latest = { pid: batch.pid, until };
  }
  return false;
}

/** How long turns waited for the lock that they were granted. */
export function lockWaits(batches: readonly Batch[]): WaitPercentiles | undefined {
  const waits = batches
    .filter(({ rejected }) => rejected === undefined)
    .flatMap(({ spans }) =>
      spans.filter(({ kind, unfinished }) => kind === 'waiting' && !unfinished),
    )
    .map(({ start, end }) => Math.round((end - start) * 1000) / 1000)
    .sort((a, b) => a - b);
  if (waits.length === 0) return undefined;
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))];
  return { p50: at(0.5) ?? 0, p99: at(0.99) ?? 0, max: waits.at(-1) ?? 0 };
}

/** How often a turn got the lock although one of another process had asked for it earlier. */
export function countOvertakings(batches: readonly ProcessBatch[]): number {
  const granted = batches.flatMap(({ pid, start, spans }) => {
    const held = spans.find(({ kind }) => kind === 'holding');
    return held === undefined ? [] : [{ pid, wanted: start, held: held.start }];
  });
  return granted.filter((one) =>
    granted.some((other) => {
      const asleep = other.wanted < one.wanted && other.held > one.held;
      return asleep && other.pid !== one.pid;
    }),
  ).length;
}
