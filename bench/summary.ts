import { createHistogram } from 'node:perf_hooks';
import type { Ruling, Verdict } from '../src/verdict/judge.js';
import { median, pairedRatios, type Spread, spreadOf, supports } from './figures.js';
import { perSecond } from './load.js';
import type { Measured } from './rounds.js';
import { type Comparison, ceilingName, comparisons } from './rows.js';

/** A row of the table, and of the JSON file. Times are in milliseconds. */
export interface RowSummary {
  readonly name: string;
  readonly mustHold: boolean;
  /** Buys per second of each round, in the order of the rounds. */
  readonly rounds: readonly number[];
  readonly buysPerSecond: Spread;
  /** Median over the rounds of the ratio to the ceiling of the same round. */
  readonly ofCeiling?: number;
  /** Over all rounds together; one that too few answers lie beyond is missing. */
  readonly latencyMs: Readonly<Partial<Record<PercentileName, number>>>;
  /** Over all that was sold, the warm-up too. The ceiling sells nothing. */
  readonly sales?: Sales;
  readonly refused: number;
  readonly failed: number;
  /** The most connections that got no answer at all in one run. */
  readonly starved: number;
}

export interface Sales {
  readonly verdict: Ruling;
  readonly lostUpdates: number;
  readonly duplicates: number;
  readonly oversold: number;
}

export interface ComparisonSummary extends Comparison {
  readonly ratio: Spread;
}

export interface Summary {
  readonly rows: readonly RowSummary[];
  readonly comparisons: readonly ComparisonSummary[];
  /** The share of all cores that somebody else used during the runs: median and extremes. */
  readonly others: Spread;
}

const percentiles = { p50: 50, p99: 99, p99_9: 99.9 } as const;
export type PercentileName = keyof typeof percentiles;

/** Makes figures of runs: medians, ratios within each round, and what the verdicts counted. */
export function summarize(measured: readonly Measured[]): Summary {
  const speeds = new Map(measured.map(({ row, runs }) => [row.name, runs.map(perSecond)]));
  const ceiling = speeds.get(ceilingName);
  return {
    rows: measured.map((each) => summarizeRow(each, ceiling)),
    comparisons: comparisons.flatMap((comparison) => {
      const of = speeds.get(comparison.of);
      const to = speeds.get(comparison.to);
      if (of === undefined || to === undefined) return [];
      return [{ ...comparison, ratio: spreadOf(pairedRatios(of, to)) }];
    }),
    others: spreadOf(measured.flatMap(({ runs }) => runs.map(({ others }) => others))),
  };
}

/** Whether every row that should be exact was. */
export const allHold = ({ rows }: Summary): boolean =>
  rows.every(({ mustHold, sales }) => !mustHold || sales?.verdict === 'holds');

function summarizeRow({ row, runs, verdict }: Measured, ceiling?: readonly number[]): RowSummary {
  const rounds = runs.map(perSecond);
  const total = (count: 'refused' | 'failed') => runs.reduce((sum, run) => sum + run[count], 0);
  return {
    name: row.name,
    mustHold: row.mustHold,
    rounds,
    buysPerSecond: spreadOf(rounds),
    ...(ceiling === undefined ? {} : { ofCeiling: median(pairedRatios(rounds, ceiling)) }),
    latencyMs: latencyOf(runs),
    ...(verdict === undefined ? {} : { sales: salesOf(verdict) }),
    refused: total('refused'),
    failed: total('failed'),
    starved: Math.max(...runs.map(({ starved }) => starved)),
  };
}

function latencyOf(runs: Measured['runs']): RowSummary['latencyMs'] {
  const all = createHistogram();
  for (const { latency } of runs) all.add(latency);
  const supported = Object.entries(percentiles).filter(([, at]) => supports(all.count, at));
  return Object.fromEntries(supported.map(([name, at]) => [name, all.percentile(at) / 1000]));
}

function salesOf({ verdict, lostUpdates, events }: Verdict): Sales {
  const total = (count: 'duplicates' | 'oversold') =>
    events.reduce((sum, event) => sum + event[count], 0);
  return {
    verdict,
    lostUpdates,
    duplicates: total('duplicates'),
    oversold: total('oversold'),
  };
}
