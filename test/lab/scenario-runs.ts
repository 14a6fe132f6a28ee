import { expect } from 'vitest';
import { runIn } from '../../src/lab/experiment.js';
import { clearFault } from '../../src/lab/inject-fault.js';
import { type Plan, planOf } from '../../src/lab/plan.js';
import { Sandbox } from '../../src/lab/sandbox.js';
import type { Figures, Run } from '../../src/timeline/report.js';

export const RUNS = 20;

/** Kills per sandbox: the delay before a killed worker is replaced doubles with each of them. */
const KILLS_MAX = 5;

/** The plans of a scenario. */
export const plansOf = (scenario: string): Plan[] => planOf({ scenario });

/**
 * Runs a plan 20 times, several times in one sandbox, because starting one takes longer than a run. If
 * it is expected to be broken and fewer than 19 of 20 runs were, it runs 20 more. If it is expected to
 * hold, an inconclusive run (the processes never contended) is repeated, up to 100 runs in all.
 */
export async function runRepeatedly(plan: Plan): Promise<Run[]> {
  const runsMax = plan.expect === 'holds' ? 5 * RUNS : 2 * RUNS;
  const events = plan.injectedFault === 'kill' ? KILLS_MAX : runsMax;
  const runs: Run[] = [];
  for (let done = 0; done < runsMax && !isEnough(plan, runs); done += events) {
    const sandbox = await Sandbox.open({ ...plan, events });
    try {
      for (let number = 1; number <= events && !isEnough(plan, runs); number++) {
        const run = await runIn(sandbox, plan, number);
        await clearFault(sandbox.folder);
        if (plan.expect === 'broken' || run.verdict.ruling !== 'inconclusive') runs.push(run);
      }
    } finally {
      await sandbox.close();
    }
  }
  return runs;
}

const isEnough = ({ expect }: Plan, runs: readonly Run[]): boolean =>
  runs.length === RUNS && (expect === 'holds' || countBroken(runs) >= RUNS - 1);

export const countBroken = (runs: readonly Run[]): number =>
  runs.filter(({ verdict }) => verdict.ruling === 'broken').length;

/** 19 of 20, or 38 of 40. */
export const nearlyAll = (runs: readonly unknown[]): number => runs.length - runs.length / RUNS;

/** Expects a condition in nearly all runs. */
export const expectInNearlyAll = (
  figures: readonly Figures[],
  condition: (figures: Figures) => boolean,
): void => {
  expect(figures.filter(condition).length).toBeGreaterThanOrEqual(nearlyAll(figures));
};

/** Runs every plan of a scenario repeatedly, expects its verdicts, and returns the figures of each. */
export async function runScenario(name: string): Promise<Figures[][]> {
  const figures: Figures[][] = [];
  for (const plan of plansOf(name)) {
    const runs = await runRepeatedly(plan);
    expectAsPlanned(plan, runs);
    figures.push(runs.map((run) => run.figures));
  }
  return figures;
}

function expectAsPlanned(plan: Plan, runs: readonly Run[]): void {
  if (plan.expect === 'broken') expect(countBroken(runs)).toBeGreaterThanOrEqual(nearlyAll(runs));
  else {
    const rulings = runs.map(({ verdict }) => `${verdict.ruling}: ${verdict.because}`);
    expect(rulings.filter((each) => !each.startsWith('holds'))).toEqual([]);
    expect(runs).toHaveLength(RUNS);
  }
  for (const { verdict, story, lostUpdate, figures } of runs) {
    expect(story.length).toBeGreaterThan(1);
    const end = story.findLast(({ cause }) => !cause);
    expect(end?.text).toMatch(`has ${figures.remaining} left`);
    expect(lostUpdate !== undefined).toBe(verdict.ruling === 'broken');
  }
}
