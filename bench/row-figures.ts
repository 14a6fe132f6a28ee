import { median, pairedRatios, type Spread, spreadOf, supportsPercentile } from './figures.js';
import type { Percentile } from './load.js';
import type { GroupResult, RowResult } from './measure.js';
import { bareName } from './setups.js';

/** Answers per second, over the rounds. */
export const speedOf = ({ runs }: RowResult): Spread =>
  spreadOf(runs.map(({ perSecond }) => perSecond));

/** The ratio to bare Fastify under the same load, over the rounds. */
export function ofBare(row: RowResult, { rows }: GroupResult): Spread | undefined {
  const bare = rows.find(({ server, request, at }) => {
    return server === bareName && request === row.request && at === row.at;
  });
  if (bare === undefined) return undefined;
  const speeds = ({ runs }: RowResult) => runs.map(({ perSecond }) => perSecond);
  return spreadOf(pairedRatios(speeds(row), speeds(bare)));
}

/** The median of the rounds' percentiles, in milliseconds, if there were enough answers for it. */
export function latencyOf({ runs }: RowResult, percentile: Percentile): number | undefined {
  const answered = runs.reduce((sum, run) => sum + run.answered, 0);
  if (!supportsPercentile(answered, percentile)) return undefined;
  return median(runs.map(({ latencyMs }) => latencyMs[percentile]));
}

/** Whether every row that must hold does. */
export const allHold = ({ rows }: GroupResult): boolean =>
  rows.every(({ mustHold, sales }) => !mustHold || sales?.verdict === 'holds');
