import { expect } from 'vitest';
import type { Plan } from '../../src/lab/plan.js';
import type { Figures, Run } from '../../src/timeline/report.js';
import { broken, nearlyAll, plansOf, RUNS, runOften } from './runs.js';

/** What every run of a plan must come to: what the scenario says of it. */
function expectAsSaid(plan: Plan, runs: readonly Run[]): void {
  if (plan.expect === 'broken') expect(broken(runs)).toBeGreaterThanOrEqual(nearlyAll(runs));
  else {
    const rulings = runs.map(({ verdict }) => `${verdict.ruling}: ${verdict.because}`);
    expect(rulings.filter((each) => !each.startsWith('holds'))).toEqual([]);
    expect(runs).toHaveLength(RUNS);
  }
  for (const { verdict, story, lostUpdate } of runs) {
    expect(story.length).toBeGreaterThan(0);
    expect(lostUpdate !== undefined).toBe(verdict.ruling === 'broken');
  }
}

/** Runs a scenario to both its ends, and answers the figures of each. */
export async function playOut(name: string): Promise<Figures[][]> {
  const figures: Figures[][] = [];
  for (const plan of plansOf(name)) {
    const runs = await runOften(plan);
    expectAsSaid(plan, runs);
    figures.push(runs.map((run) => run.figures));
  }
  return figures;
}

export const inNearlyAll = (figures: readonly Figures[], isSo: (one: Figures) => boolean): void => {
  expect(figures.filter(isSo).length).toBeGreaterThanOrEqual(nearlyAll(figures));
};
