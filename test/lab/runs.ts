import { clearFault, runIn } from '../../src/lab/experiment.js';
import { type Plan, planOf } from '../../src/lab/plan.js';
import { Sandbox } from '../../src/lab/sandbox.js';
import type { Run } from '../../src/timeline/report.js';

export const RUNS = 20;

/** Killed workers of one office: with every one the pause before the next is doubled. */
const KILLS = 5;

/** The runs of a scenario, by their titles. */
export function plansOf(scenario: string): Plan[] {
  return planOf({ scenario });
}

/**
 * Runs a plan so many times in one sandbox: a start takes longer than a run. Where it should be
 * broken and was not in 19 of 20, there are 20 more. Where it should hold, one in which the processes
 * never met proves nothing, and there is another one for it, at most 100 in all.
 */
export async function runOften(plan: Plan): Promise<Run[]> {
  const most = plan.expect === 'holds' ? 5 * RUNS : 2 * RUNS;
  const events = plan.disturbance === 'kill' ? KILLS : most;
  const runs: Run[] = [];
  for (let done = 0; done < most && !isEnough(plan, runs); done += events) {
    const sandbox = await Sandbox.open({ ...plan, events });
    try {
      for (let number = 1; number <= events && !isEnough(plan, runs); number++) {
        const run = await runIn(sandbox, plan, number);
        await clearFault(sandbox);
        if (plan.expect === 'broken' || run.verdict.ruling !== 'inconclusive') runs.push(run);
      }
    } finally {
      await sandbox.close();
    }
  }
  return runs;
}

const isEnough = ({ expect }: Plan, runs: readonly Run[]): boolean =>
  runs.length === RUNS && (expect === 'holds' || broken(runs) >= RUNS - 1);

export const broken = (runs: readonly Run[]): number =>
  runs.filter(({ verdict }) => verdict.ruling === 'broken').length;

/** At least 19 of 20, or 38 of 40. */
export const nearlyAll = (runs: readonly unknown[]): number => runs.length - runs.length / RUNS;
