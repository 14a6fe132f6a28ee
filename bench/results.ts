import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../src/user-error.js';
import { benchFolder } from './folder.js';
import type { Machine } from './machine.js';
import { judgeMusts, type MustSummary } from './musts.js';
import type { Plan } from './rounds.js';
import type { GroupSummary } from './summary.js';

/** All figures of a benchmark: what the JSON file holds, and what report and plots are made of. */
export interface Results {
  /** ISO 8601. */
  readonly at: string;
  /** How long it took. */
  readonly minutes: number;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly groups: readonly GroupSummary[];
  /** Only of the whole benchmark. */
  readonly musts: readonly MustSummary[];
}

export const resultsFolder = join(benchFolder, 'results');
const latestFile = join(resultsFolder, 'latest.json');

export const printResults = (results: Results): string => `${JSON.stringify(results, null, 2)}\n`;

export async function keepResults(results: Results): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(latestFile, printResults(results));
}

/**
 * The results of the last whole benchmark, held against the musts of today.
 *
 * @throws UnusableError when there are none
 */
export async function lastResults(): Promise<Results> {
  const text = await readFile(latestFile, 'utf8').catch((error) => {
    throw new UserError(`there are no results to draw: ${error.message}`);
  });
  const results = JSON.parse(text) as Results;
  return { ...results, musts: judgeMusts(results.groups) };
}
