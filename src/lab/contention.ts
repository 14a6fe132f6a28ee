import type { Batch, Lane, Span, SpanKind, WaitPercentiles } from '../timeline/report.js';

/** A batch, and the process that it belongs to. */
export interface ProcessBatch extends Batch {
  readonly pid: number;
}

/** The batches of all processes, in order of their start. */
export const processBatches = (lanes: readonly Lane[]): ProcessBatch[] =>
  lanes
    .flatMap(({ pid, batches }) => batches.map((batch) => ({ ...batch, pid })))
    .sort((a, b) => a.start - b.start);

export const findSpan = (batch: Batch, kind: SpanKind): Span | undefined =>
  batch.spans.find((span) => span.kind === kind);

/** Whether a process ever wanted or held the lock while another process wanted or held it. */
export function hadContention(lanes: readonly Lane[]): boolean {
  let latest: { pid: number; until: number } | undefined;
  for (const batch of processBatches(lanes)) {
    const held = findSpan(batch, 'holding');
    // The death of its holder does not free a lock at once: later batches still contend for it.
    const until = held?.unfinished ? Number.POSITIVE_INFINITY : (held?.end ?? batch.end);
    if (latest !== undefined && latest.pid !== batch.pid && batch.start < latest.until) return true;
    if (latest === undefined || until > latest.until) latest = { pid: batch.pid, until };
  }
  return false;
}

/** How long batches waited for the lock, of those that got it. */
export function lockWaits(batches: readonly Batch[]): WaitPercentiles | undefined {
  const waits = batches
    .filter(({ rejected }) => rejected === undefined)
    .flatMap(({ spans }) =>
      spans.filter(({ kind, unfinished }) => kind === 'waiting' && !unfinished),
    )
    .map(({ start, end }) => Math.round((end - start) * 1000) / 1000)
    .sort((a, b) => a - b);
  if (waits.length === 0) return undefined;
  const percentile = (share: number) =>
    waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? 0;
  return { p50: percentile(0.5), p99: percentile(0.99), max: waits.at(-1) ?? 0 };
}

/** How many batches got the lock before a batch of another process that had wanted it earlier. */
export function countOvertakings(batches: readonly ProcessBatch[]): number {
  const granted = batches.flatMap((batch) => {
    const held = findSpan(batch, 'holding');
    return held === undefined ? [] : [{ pid: batch.pid, wanted: batch.start, held: held.start }];
  });
  return granted.filter((one) =>
    granted.some(
      (other) => other.pid !== one.pid && other.wanted < one.wanted && other.held > one.held,
    ),
  ).length;
}
