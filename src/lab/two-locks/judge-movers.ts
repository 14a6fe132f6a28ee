import type { VerbRaceResult } from '../../client/races/race.js';
import { count } from '../../timeline/format.js';
import type { LocksVerb } from '../../timeline/verbs.js';

/** What became of the processes of a run. */
export interface MoversResult {
  readonly verb: LocksVerb;
  /** Processes that each move one ticket. */
  readonly movers: number;
  /** The tickets in both events, before and after. */
  readonly before: { readonly east: number; readonly west: number };
  readonly after: { readonly east: number; readonly west: number };
  /** Whether two processes wanted a lock at the same time. */
  readonly contention: boolean;
  /** Whether each held a lock that the other one waited for. */
  readonly deadlock: boolean;
}

/** Judges what became of processes that needed two locks. Pure. */
export function judgeMovers(result: MoversResult): VerbRaceResult {
  const { verb, movers, before, after, contention, deadlock } = result;
  const moved = after.west - before.west;
  const gaveUp = movers - moved;
  const rows = [
    ['processes', movers],
    ['moved a ticket', moved],
    ['gave up', gaveUp],
  ] as const;
  if (after.east + after.west !== before.east + before.west) {
    const because = `there were ${count(before.east + before.west, 'ticket')}, and there are ${after.east + after.west}`;
    return { ruling: 'broken', because, rows };
  }
  if (gaveUp > 0) {
    const why = verb === 'sameLock' ? waitedForItself : deadlock ? deadlocked : undefined;
    return why === undefined
      ? { ruling: 'inconclusive', because: 'a process waited too long for a lock', rows }
      : { ruling: 'broken', because: `${subject(gaveUp, movers)} gave up: ${why}`, rows };
  }
  if (movers > 1 && !contention) {
    return { ruling: 'inconclusive', because: 'the processes never met', rows };
  }
  if (verb === 'oppositeLocks') {
    return {
      ruling: 'inconclusive',
      because: 'one process had both locks before the other came',
      rows,
    };
  }
  return { ruling: 'holds', because: `${subject(moved, movers)} moved a ticket`, rows };
}

const subject = (part: number, all: number): string =>
  part === all ? (all === 1 ? 'the process' : 'both processes') : `${part} of ${all} processes`;

const deadlocked = 'each held the lock that the other one waited for';
const waitedForItself = 'it waited for a lock that it held itself';
