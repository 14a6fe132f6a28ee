import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Ruling, Verdict } from '../src/verdict/judge.js';
import type { Group } from './case.js';
import { pairedRatios, type Spread, spreadOf, supports } from './figures.js';
import { perSecond } from './load.js';
import type { Measured, Rounds } from './rounds.js';
import { ceilingName } from './row.js';
import { type Comparison, comparisons } from './rows.js';

/** A row of the table, and of the JSON file. Times are in milliseconds. */
export interface RowSummary {
  /** The row of the table, or the line of the plot. */
  readonly series: string;
  /** Where on the group's axis. */
  readonly at: number;
  readonly connections: number;
  readonly workers: number;
  /** How it is set up, where the name does not say it. */
  readonly about?: string;
  /** Whether a sale survives a power cut. */
  readonly durable?: boolean;
  readonly mustHold: boolean;
  readonly rounds: readonly Round[];
  readonly perSecond: Spread;
  /** Median over the rounds of the ratio to the ceiling of the same round. */
  readonly ofCeiling?: Spread;
  /** Over all rounds together; one that too few answers lie beyond is missing. */
  readonly latencyMs: Readonly<Partial<Record<PercentileName, number>>>;
  /** Over all that was sold, the warm-up too. The ceiling sells nothing. */
  readonly sales?: Sales;
  readonly refused: number;
  readonly failed: number;
  /** The most connections that got no answer at all in one run. */
  readonly starved: number;
}

/** One run. */
export interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** p99.9 of what held up the event loop, where that was measured. */
  readonly delayMs?: number;
  /** Resident memory of a worker after it, in megabytes. */
  readonly workerMb: number;
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

/** All that was measured in the same rounds. */
export interface GroupSummary {
  readonly name: string;
  /** What `at` counts. */
  readonly axis: string;
  /** The place of the axis whose rows are a table, if they are one. */
  readonly tableAt?: number;
  readonly rows: readonly RowSummary[];
  /** What could not be measured here, and why. */
  readonly notRun: readonly { readonly name: string; readonly why: string }[];
  readonly comparisons: readonly ComparisonSummary[];
  /** How long a sync took in each round. */
  readonly syncMs: readonly number[];
  /** The share of all cores that somebody else used during the runs: median and extremes. */
  readonly others: Spread;
}

const percentiles = { p50: 50, p90: 90, p99: 99, p99_9: 99.9 } as const;
export type PercentileName = keyof typeof percentiles;

/** Makes figures of runs: medians, ratios within each round, and what the verdicts counted. */
export function summarize(group: Group, { measured, notRun, syncMs }: Rounds): GroupSummary {
  const { name, axis, tableAt } = group;
  const table = measured.filter(({ of }) => of.at === tableAt);
  const speeds = new Map(table.map(({ of, runs }) => [of.series, runs.map(perSecond)]));
  return {
    name,
    axis,
    ...(tableAt === undefined ? {} : { tableAt }),
    rows: measured.map((each) => summarizeRow(each, ceilingFor(each, measured))),
    notRun,
    comparisons: comparisons.flatMap((comparison) => {
      const of = speeds.get(comparison.of);
      const to = speeds.get(comparison.to);
      if (of === undefined || to === undefined) return [];
      return [{ ...comparison, ratio: spreadOf(pairedRatios(of, to)) }];
    }),
    syncMs,
    others: spreadOf(measured.filter(worksAlone).flatMap(othersOf)),
  };
}

const othersOf = ({ runs }: Measured): number[] => runs.map(({ others }) => others);

/** Whether nobody works for it but its workers: a server, or a child, would count as somebody else. */
const worksAlone = ({ of: { office } }: Measured): boolean =>
  office.row.server === undefined && office.row.optional !== true;

/** Whether every row that should be exact was. */
export const allHold = ({ rows }: GroupSummary): boolean =>
  rows.every(({ mustHold, sales }) => !mustHold || sales?.verdict === 'holds');

/** The ceiling at the same place of the axis; where there is only one, that one. */
function ceilingFor({ of }: Measured, measured: readonly Measured[]): Measured | undefined {
  const ceilings = measured.filter((each) => each.of.series === ceilingName);
  return ceilings.find((each) => each.of.at === of.at) ?? ceilings[0];
}

function summarizeRow({ of, runs, verdict }: Measured, ceiling?: Measured): RowSummary {
  const { series, at, connections, office } = of;
  const { row } = office;
  const speeds = runs.map(perSecond);
  const total = (count: 'refused' | 'failed') => runs.reduce((sum, run) => sum + run[count], 0);
  return {
    series,
    at,
    connections,
    workers: Number(row.settings.WORKERS ?? office.workers),
    ...(row.about === undefined ? {} : { about: row.about }),
    ...(row.durable === undefined ? {} : { durable: row.durable }),
    mustHold: row.mustHold,
    rounds: runs.map((run, round) => ({
      perSecond: speeds[round] ?? Number.NaN,
      p99Ms: run.latency.percentile(99) / 1000,
      ...(run.delayMs === undefined ? {} : { delayMs: run.delayMs }),
      workerMb: run.workerBytes / 1e6,
    })),
    perSecond: spreadOf(speeds),
    ...(ceiling === undefined
      ? {}
      : { ofCeiling: spreadOf(pairedRatios(speeds, ceiling.runs.map(perSecond))) }),
    latencyMs: latencyOf(runs.map(({ latency }) => latency)),
    ...(verdict === undefined ? {} : { sales: salesOf(verdict) }),
    refused: total('refused'),
    failed: total('failed'),
    starved: Math.max(...runs.map(({ starved }) => starved)),
  };
}

function latencyOf(histograms: readonly RecordableHistogram[]): RowSummary['latencyMs'] {
  const all = createHistogram();
  for (const each of histograms) all.add(each);
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
