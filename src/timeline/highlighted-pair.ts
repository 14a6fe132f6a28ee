import type { Batch, Lane, ObservedState, Run } from './report.js';

/** The part of a run that a timeline shows. */
export type TimelineRun = Pick<Run, 'lanes' | 'lostUpdate'>;

/** A batch and the lane of its process. */
export interface PairSide {
  readonly lane: Lane;
  readonly batch: Batch;
}

/**
 * The two batches that explain a run. `lostUpdate`: the second overwrote what the first had written.
 * `handover`: the second read what the first had written, as it should.
 */
export interface HighlightedPair {
  readonly kind: 'lostUpdate' | 'handover';
  readonly first: PairSide;
  readonly second: PairSide;
}

/** Finds the two batches; `undefined` if only one process sold, or none did. */
export function findHighlightedPair(run: TimelineRun): HighlightedPair | undefined {
  const { lostUpdate } = run;
  if (lostUpdate === undefined) return findHandover(run);
  const first = findSide(run, lostUpdate.erased.batchId);
  const second = findSide(run, lostUpdate.erasing.batchId);
  return first && second && { kind: 'lostUpdate', first, second };
}

function findSide({ lanes }: TimelineRun, batchId: string): PairSide | undefined {
  for (const lane of lanes) {
    const batch = lane.batches.find(({ id }) => id === batchId);
    if (batch !== undefined) return { lane, batch };
  }
  return undefined;
}

/** The first read by a process of what another process had just written. */
function findHandover({ lanes }: TimelineRun): HighlightedPair | undefined {
  const writers = new Map<number, PairSide & { readonly wrote: ObservedState }>();
  for (const lane of lanes) {
    for (const batch of lane.batches) {
      if (batch.wrote !== undefined) {
        writers.set(batch.wrote.version, { lane, batch, wrote: batch.wrote });
      }
    }
  }
  let earliest: { readonly pair: HighlightedPair; readonly at: number } | undefined;
  for (const lane of lanes) {
    for (const batch of lane.batches) {
      const { read } = batch;
      const first = read && writers.get(read.version);
      if (read === undefined || first === undefined || first.lane === lane) continue;
      // A warm-up sale is of another event: no tickets of this one were handed over.
      if (read.remaining === undefined || read.remaining !== first.wrote.remaining) continue;
      // A batch that sold something explains more than one that only found the event sold out.
      if (batch.wrote === undefined || (earliest !== undefined && earliest.at <= read.at)) continue;
      earliest = { at: read.at, pair: { kind: 'handover', first, second: { lane, batch } } };
    }
  }
  return earliest?.pair;
}
