import type { Lane, Run, Seen, Turn } from '../../lab/report.js';

/** What of a run is drawn. */
export type Drawn = Pick<Run, 'lanes' | 'lostUpdate'>;

/** One side of what happened between two processes. */
export interface Side {
  readonly lane: Lane;
  readonly turn: Turn;
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
  const first = sideOf(run, lostUpdate.erased.turnId);
  const second = sideOf(run, lostUpdate.erasing.turnId);
  return first && second && { kind: 'lost', first, second };
}

function sideOf({ lanes }: Drawn, turnId: string): Side | undefined {
  for (const lane of lanes) {
    const turn = lane.turns.find(({ id }) => id === turnId);
    if (turn !== undefined) return { lane, turn };
  }
  return undefined;
}

/** The first time that a process read what another one had just written. */
function handOver({ lanes }: Drawn): Pair | undefined {
  const writers = new Map<number, Side & { readonly wrote: Seen }>();
  for (const lane of lanes) {
    for (const turn of lane.turns) {
      if (turn.wrote !== undefined)
        writers.set(turn.wrote.version, { lane, turn, wrote: turn.wrote });
    }
  }
  let found: { readonly pair: Pair; readonly at: number } | undefined;
  for (const lane of lanes) {
    for (const turn of lane.turns) {
      const first = turn.read && writers.get(turn.read.version);
      if (turn.read === undefined || first === undefined || first.lane === lane) continue;
      // A process may sell of another event, to warm up: that is no hand-over of this one's tickets.
      if (turn.read.left === undefined || turn.read.left !== first.wrote.left) continue;
      // One that sold something says more than one that only found out.
      if (turn.wrote === undefined || (found !== undefined && found.at <= turn.read.at)) continue;
      found = { at: turn.read.at, pair: { kind: 'handedOver', first, second: { lane, turn } } };
    }
  }
  return found?.pair;
}
