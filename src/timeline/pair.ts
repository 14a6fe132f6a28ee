import type { Batch, Lane, Run, Seen } from './report.js';

/** What of a run is drawn. */
export type Drawn = Pick<Run, 'lanes' | 'lostUpdate'>;

/** One side of what happened between two processes. */
export interface Side {
  readonly lane: Lane;
  readonly batch: Batch;
}

/**
 * The two turns that a run is told by. `lost`: the second wrote over what the first had written.
 * `handedOver`: the second read what the first had written, which is how it should be.
 */
export interface Pair {
  readonly kind: 'lost' | 'handedOver';
  readonly first: Side;
  readonly second: Side;
}

/** Finds the two turns; in a run with one process, or without sales, there are none. */
export function pairOf(run: Drawn): Pair | undefined {
  const { lostUpdate } = run;
  if (lostUpdate === undefined) return handOver(run);
  const first = sideOf(run, lostUpdate.erased.batchId);
  const second = sideOf(run, lostUpdate.erasing.batchId);
  return first && second && { kind: 'lost', first, second };
}

function sideOf({ lanes }: Drawn, batchId: string): Side | undefined {
  for (const lane of lanes) {
    const batch = lane.batches.find(({ id }) => id === batchId);
    if (batch !== undefined) return { lane, batch };
  }
  return undefined;
}

/** The first time that a process read what another one had just written. */
function handOver({ lanes }: Drawn): Pair | undefined {
  const writers = new Map<number, Side & { readonly wrote: Seen }>();
  for (const lane of lanes) {
    for (const batch of lane.batches) {
      if (batch.wrote !== undefined)
        writers.set(batch.wrote.version, { lane, batch, wrote: batch.wrote });
    }
  }
  let found: { readonly pair: Pair; readonly at: number } | undefined;
  for (const lane of lanes) {
    for (const batch of lane.batches) {
      const first = batch.read && writers.get(batch.read.version);
      if (batch.read === undefined || first === undefined || first.lane === lane) continue;
      // A process may sell of another event, to warm up: that is no hand-over of this one's tickets.
      if (batch.read.left === undefined || batch.read.left !== first.wrote.left) continue;
      // One that sold something says more than one that only found out.
      if (batch.wrote === undefined || (found !== undefined && found.at <= batch.read.at)) continue;
      found = { at: batch.read.at, pair: { kind: 'handedOver', first, second: { lane, batch } } };
    }
  }
  return found?.pair;
}
