import type { Batch, Lane, Mark, ObservedState, Span } from '../timeline/report.js';
import { batchesOf, instant } from './batches.js';
import { inferRemaining } from './infer-remaining.js';
import { isMark, type Traced, type TracedStep } from './traced-step.js';

/** What the traces of a run come to. */
export interface Traces {
  readonly lanes: readonly Lane[];
  /** Where the axis ends. */
  readonly endMs: number;
  /** From the first buyer's arrival to the last answer, in milliseconds. */
  readonly sellingMs: number;
  /** A process had more to note than it could. */
  readonly gaps: boolean;
}

/**
 * Puts what the processes noted in one run on one axis, a lane each. Pure.
 *
 * @param first what was left before the run, and in which version
 */
export function lanesOf(traced: readonly Traced[], first: Omit<ObservedState, 'at'>): Traces {
  const steps = traced.filter((each): each is TracedStep => !isMark(each));
  const marks = traced.filter(isMark);
  const zero = smallest(steps.map(({ at }) => at));
  const end = largest(traced.map(({ at }) => at));
  const killedAt = new Map(
    marks.filter(({ mark }) => mark === 'killed').map(({ pid, at }) => [pid, at]),
  );
  const batches = batchesOf(steps, zero, (pid) => killedAt.get(pid) ?? end);
  const laneOf = new Map<number, { batches: Batch[]; marks: Mark[] }>();
  const own = (pid: number) => {
    const lane = laneOf.get(pid) ?? { batches: [], marks: [] };
    laneOf.set(pid, lane);
    return lane;
  };
  for (const { pid, mark, at } of marks) {
    if (mark !== 'full' && at >= zero) own(pid).marks.push({ at: instant(at, zero), kind: mark });
  }
  for (const batch of inferRemaining(batches, first)) {
    const lane = own(Number.parseInt(batch.id, 10));
    lane.batches.push(withStops(batch, lane.marks));
  }
  const ended = steps.filter(({ name }) => name === 'answered' || name === 'refused');
  return {
    lanes: [...laneOf]
      .map(([pid, lane]) => ({ pid, name: `worker ${pid}`, ...lane }))
      .sort((a, b) => firstOf(a) - firstOf(b)),
    endMs: instant(end, zero),
    sellingMs: ended.length === 0 ? 0 : instant(largest(ended.map(({ at }) => at)), zero),
    gaps: marks.some(({ mark }) => mark === 'full'),
  };
}

/** When a process began its first turn; one that came too late for any stands last. */
const firstOf = ({ batches }: Pick<Lane, 'batches'>): number =>
  batches[0]?.start ?? Number.MAX_SAFE_INTEGER;

/** A pause in which the process was stopped was no race window. */
function withStops(batch: Batch, marks: readonly Mark[]): Batch {
  const wasStopped = ({ start, end }: Span) =>
    marks.some(({ kind, at }) => kind === 'stopped' && at >= start && at <= end);
  const spans = batch.spans.map((span) =>
    span.kind === 'pausing' && wasStopped(span) ? { ...span, kind: 'stopped' as const } : span,
  );
  return { ...batch, spans };
}

// Not by spreading: there may be more of them than a call takes.
const smallest = (numbers: readonly number[]): number =>
  numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
const largest = (numbers: readonly number[]): number =>
  numbers.reduce((most, number) => Math.max(most, number), 0);
