import { readFileSync } from 'node:fs';
import type { LockModeName } from '../../lock/registry.js';
import type { Progress } from '../../timeline/lab-status.js';
import type { Run } from '../../timeline/report.js';
import { isLocksVerb, type LocksVerb } from '../../timeline/verbs.js';
import type { Verdict } from '../../verdict/judge.js';
import { buildReport } from '../build-report.js';
import { hadContention } from '../contention.js';
import { findHighlight } from '../highlight.js';
import type { Plan } from '../plan.js';
import { runPrograms, withFolder } from '../program-runs.js';
import { judgeMovers } from './judge-movers.js';
import { createLocksFolder, type EventName, eventIn } from './locks-folder.js';
import type { MoverSettings } from './ticket-mover.js';

/** A plan whose processes need two locks. */
export type LocksPlan = Plan & { readonly verb: LocksVerb };

/** Whether the processes of a plan need two locks. */
export const isLocksPlan = (plan: Plan): plan is LocksPlan => isLocksVerb(plan.verb);

/** The locks of each process, in the order in which it acquires them. */
const orders: Readonly<Record<LocksVerb, readonly MoverSettings['order'][]>> = {
  oppositeLocks: [
    ['east', 'west'],
    ['west', 'east'],
  ],
  sortedLocks: [
    ['east', 'west'],
    ['east', 'west'],
  ],
  sameLock: [['east', 'east']],
};

/** How long a process waits for a lock before it gives up. */
const LOCK_MS_MAX = 1_000;

/**
 * Lets real processes move tickets between two events that have a lock each, and judges what became of them.
 *
 * @param signal kills them
 */
export async function runMovers(
  plan: LocksPlan,
  onPhase: (phase: Progress['phase']) => void,
  signal: AbortSignal,
): Promise<Run> {
  const { setting, verb } = plan;
  onPhase('starting');
  return withFolder(
    () => createLocksFolder(setting.capacity),
    async (folder) => {
      const ticketsIn = (name: EventName) => Number(readFileSync(eventIn(folder, name), 'utf8'));
      const count = () => ({ east: ticketsIn('east'), west: ticketsIn('west') });
      const before = count();
      const settings = orders[verb].map((order): MoverSettings => {
        const lockMode = setting.lockMode as LockModeName;
        return { folder, lockMode, order, windowMs: setting.windowMs, lockMsMax: LOCK_MS_MAX };
      });
      const timeline = await runPrograms({
        program: 'lab/two-locks/ticket-mover',
        settings,
        folder,
        remaining: before.east,
        setting,
        onPhase,
        signal,
      });
      const race = judgeMovers({
        verb,
        movers: settings.length,
        before,
        after: count(),
        contention: hadContention(timeline.lanes),
        deadlock: findHighlight(timeline.lanes, undefined)?.kind === 'deadlock',
      });
      return buildReport(plan, { results: [], race }, timeline, nothingSold);
    },
  );
}

/** The verdict on sales: there were none. */
const nothingSold: Verdict = {
  verdict: 'holds',
  version: 0,
  events: [],
  lostUpdates: 0,
  withdrawn: 0,
  skipped: 0,
  stillOnSale: 0,
};
