import type { Batch, Lane, Mark, ObservedState, Span } from '../timeline/report.js';
import { batchesOf, toAxis } from './batches.js';
import { inferRemaining } from './infer-remaining.js';
import { processName } from './process-names.js';
import { isMark, isStep, type TraceLine } from './trace.js';

/** The traces of a run on one axis. */
export interface Timeline {
  readonly lanes: readonly Lane[];
  /** Where the axis ends. */
  readonly endMs: number;
  /** From the first buyer's arrival to the last answer, in milliseconds. */
  readonly sellingMs: number;
  /** Whether a process reached the limit of its trace. */
  readonly incomplete: boolean;
}

/**
 * Puts the traces of all processes on one axis, with a lane for each process. Pure.
 *
 * @param initial the version before the run, and the tickets left in it
 * @param hasLock whether there is a lock to wait for
 */
export function buildTimeline(
  traced: readonly TraceLine[],
  initial: Omit<ObservedState, 'at'>,
  hasLock: boolean,
): Timeline {
  const steps = traced.filter(isStep);
  const marks = traced.filter(isMark);
  const zero = minOf(steps.map(({ at }) => at));
  const end = maxOf(traced.map(({ at }) => at));
  const killedAt = new Map(
    marks.filter(({ mark }) => mark === 'killed').map(({ pid, at }) => [pid, at]),
  );
  const built = batchesOf(steps, zero, (pid) => killedAt.get(pid) ?? end);
  const batches = hasLock ? built : built.map(withoutWaits);
  const lanes = new Map<number, { batches: Batch[]; marks: Mark[] }>();
  const laneOf = (pid: number) => {
    const lane = lanes.get(pid) ?? { batches: [], marks: [] };
    lanes.set(pid, lane);
    return lane;
  };
  for (const { pid, mark, at } of marks) {
    if (mark !== 'full' && at >= zero) laneOf(pid).marks.push({ at: toAxis(at, zero), kind: mark });
  }
  for (const batch of inferRemaining(batches, initial)) {
    const lane = laneOf(Number.parseInt(batch.id, 10));
    lane.batches.push(markStoppedSpans(batch, lane.marks));
  }
  const ended = steps.filter(({ name }) => name === 'answered' || name === 'refused');
  return {
    lanes: [...lanes]
      .sort(([, a], [, b]) => startOf(a) - startOf(b))
      .map(([pid, lane], index) => ({ pid, name: processName(index), ...lane })),
    endMs: toAxis(end, zero),
    sellingMs: ended.length === 0 ? 0 : toAxis(maxOf(ended.map(({ at }) => at)), zero),
    incomplete: marks.some(({ mark }) => mark === 'full'),
  };
}

/** When a process began its first batch; a process without one is sorted last. */
const startOf = ({ batches }: Pick<Lane, 'batches'>): number =>
  batches[0]?.start ?? Number.MAX_SAFE_INTEGER;

/** Without a lock, the moment that a process spends before its critical section is no wait for one. */
const withoutWaits = ({ spans, ...batch }: Batch): Batch => ({
  ...batch,
  spans: spans.filter(({ kind }) => kind !== 'waiting'),
});

/** A pause during which the process was stopped was not the race window. */
function markStoppedSpans(batch: Batch, marks: readonly Mark[]): Batch {
  const wasStopped = ({ start, end }: Span) =>
    marks.some(({ kind, at }) => kind === 'stopped' && at >= start && at <= end);
  const spans = batch.spans.map((span) =>
    span.kind === 'pausing' && wasStopped(span) ? { ...span, kind: 'stopped' as const } : span,
  );
  return { ...batch, spans };
}

// Not Math.min(...numbers): there may be more of them than a call accepts as arguments.
const minOf = (numbers: readonly number[]): number =>
  numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
const maxOf = (numbers: readonly number[]): number =>
  numbers.reduce((most, number) => Math.max(most, number), 0);
