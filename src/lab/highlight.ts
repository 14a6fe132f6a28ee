import type { Highlight, Lane, LostUpdate, Mark } from '../timeline/report.js';
import { waitUnderLock } from '../timeline/wait-under-lock.js';
import { findSpan, type ProcessBatch, processBatches } from './contention.js';

/**
 * Finds the two batches that explain a run: those of the lost update or, if there is none, what
 * prevented it. Pure.
 *
 * @returns `undefined` if no two batches had to do with each other
 */
export function findHighlight(
  lanes: readonly Lane[],
  lostUpdate: LostUpdate | undefined,
): Highlight | undefined {
  if (lostUpdate !== undefined) {
    const { erased, erasing } = lostUpdate;
    return { kind: 'lostUpdate', first: erased.batchId, second: erasing.batchId };
  }
  const batches = processBatches(lanes);
  return (
    findOvertaking(batches) ??
    findRecovery(lanes, batches) ??
    findDeadlock(batches) ??
    findWait(batches) ??
    findHandover(batches)
  );
}

/** A batch whose write did not count, and the one that had written that version. */
function findOvertaking(batches: readonly ProcessBatch[]): Highlight | undefined {
  let withinProcess: Highlight | undefined;
  for (const batch of batches) {
    const late = batch.spans.find(({ kind, overtaken }) => kind === 'writing' && overtaken);
    if (late === undefined) continue;
    const first = batches.find(
      ({ id, wrote }) => id !== batch.id && wrote !== undefined && wrote.version === late.version,
    );
    if (first === undefined) continue;
    const found: Highlight = { kind: 'overtaken', first: first.id, second: batch.id };
    if (first.pid !== batch.pid) return found;
    withinProcess ??= found;
  }
  return withinProcess;
}

/** What happened to a process while it held the lock, if anything did. */
export interface Fault {
  readonly mark: Mark;
  /** The batch that it was in. */
  readonly target: ProcessBatch;
  /** The batch of another process that got the lock next. */
  readonly next: ProcessBatch | undefined;
}

/** Finds what happened to a process. */
export function findFault(
  { pid, marks }: Lane,
  batches: readonly ProcessBatch[],
): Fault | undefined {
  const mark = marks.find(({ kind }) => kind === 'killed' || kind === 'stopped');
  const target = batches.findLast((batch) => batch.pid === pid && batch.start <= (mark?.at ?? 0));
  if (mark === undefined || target === undefined) return undefined;
  const next = batches.find((batch) => {
    const held = findSpan(batch, 'holding');
    return batch.pid !== pid && held !== undefined && held.start >= mark.at;
  });
  return { mark, target, next };
}

function findRecovery(
  lanes: readonly Lane[],
  batches: readonly ProcessBatch[],
): Highlight | undefined {
  for (const lane of lanes) {
    const fault = findFault(lane, batches);
    if (fault?.next === undefined) continue;
    return { kind: 'recovery', first: fault.target.id, second: fault.next.id };
  }
  return undefined;
}

/** Two batches that each held a lock while they waited for another one, until one of them gave up. */
function findDeadlock(batches: readonly ProcessBatch[]): Highlight | undefined {
  const waitsFrom = (batch: ProcessBatch) => waitUnderLock(batch)?.start ?? Number.NaN;
  const waiting = batches
    .filter((batch) => waitUnderLock(batch) !== undefined)
    .sort((one, other) => waitsFrom(one) - waitsFrom(other)); // the later one closes the circle
  for (const first of waiting) {
    const second = waiting.find(
      (batch) => batch.pid !== first.pid && (batch.rejected || first.rejected),
    );
    if (second !== undefined) return { kind: 'deadlock', first: first.id, second: second.id };
  }
  return undefined;
}

/** A batch that got the lock within this time did not wait. */
const WAIT_MS_MIN = 0.1;

/** Whether a batch waited for the lock while another one held it. */
export function hasWaitedFor(waiter: ProcessBatch, holder: ProcessBatch): boolean {
  const [held, got] = [findSpan(holder, 'holding'), findSpan(waiter, 'holding')];
  if (held === undefined || got === undefined || findSpan(waiter, 'waiting') === undefined) {
    return false;
  }
  if (waiter.start >= held.end || got.start <= held.start) return false;
  return got.start - waiter.start > WAIT_MS_MIN;
}

/**
 * One batch waited while another held the lock, and read what that one had written. (It may get in
 * slightly before the other one learns that it has released the lock: a database informs both.)
 */
function findWait(batches: readonly ProcessBatch[]): Highlight | undefined {
  for (const holder of batches) {
    if (holder.wrote === undefined) continue;
    const waiter = batches.find(
      (batch) =>
        batch.pid !== holder.pid &&
        batch.read?.version === holder.wrote?.version &&
        hasWaitedFor(batch, holder),
    );
    if (waiter !== undefined) return { kind: 'handover', first: holder.id, second: waiter.id };
  }
  return undefined;
}

/** The first read by a process of what another process had just written. */
function findHandover(batches: readonly ProcessBatch[]): Highlight | undefined {
  const writers = new Map<number, ProcessBatch>();
  for (const batch of batches) {
    if (batch.wrote !== undefined) writers.set(batch.wrote.version, batch);
  }
  let earliest: { readonly pair: Highlight; readonly at: number } | undefined;
  for (const { id, pid, read, wrote } of batches) {
    const first = read && writers.get(read.version);
    if (read === undefined || first === undefined || first.pid === pid) continue;
    // A batch that sold something explains more than one that only found the event sold out.
    if (wrote === undefined || (earliest !== undefined && earliest.at <= read.at)) continue;
    earliest = { at: read.at, pair: { kind: 'handover', first: first.id, second: id } };
  }
  return earliest?.pair;
}
