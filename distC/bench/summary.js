import { createHistogram } from 'node:perf_hooks';
import { pairedRatios, spreadOf, supports } from './figures.js';
import { perSecond } from './load.js';
import { ceilingName } from './row.js';
import { comparisons } from './rows.js';
const percentiles = { p50: 50, p90: 90, p99: 99, p99_9: 99.9 };
/** Makes figures of runs: medians, ratios within each round, and what the verdicts counted. */
export function summarize(group, { measured, notRun, syncMs }) {
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
            if (of === undefined || to === undefined)
                return [];
            return [{ ...comparison, ratio: spreadOf(pairedRatios(of, to)) }];
        }),
        syncMs,
        others: spreadOf(measured.filter(worksAlone).flatMap(othersOf)),
    };
}
const othersOf = ({ runs }) => runs.map(({ others }) => others);
/** Whether nobody works for it but its workers: a server, or a child, would count as somebody else. */
const worksAlone = ({ of: { office } }) => office.row.server === undefined && office.row.optional !== true;
/** Whether every row that should be exact was. */
export const allHold = ({ rows }) => rows.every(({ mustHold, sales }) => !mustHold || sales?.verdict === 'holds');
/** The ceiling at the same place of the axis; where there is only one, that one. */
function ceilingFor({ of }, measured) {
    const ceilings = measured.filter((each) => each.of.series === ceilingName);
    return ceilings.find((each) => each.of.at === of.at) ?? ceilings[0];
}
function summarizeRow({ of, runs, verdict }, ceiling) {
    const { series, at, connections, office } = of;
    const { row } = office;
    const speeds = runs.map(perSecond);
    const total = (count) => runs.reduce((sum, run) => sum + run[count], 0);
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
function latencyOf(histograms) {
    const all = createHistogram();
    for (const each of histograms)
        all.add(each);
    const supported = Object.entries(percentiles).filter(([, at]) => supports(all.count, at));
    return Object.fromEntries(supported.map(([name, at]) => [name, all.percentile(at) / 1000]));
}
function salesOf({ verdict, lostUpdates, events }) {
    const total = (count) => events.reduce((sum, event) => sum + event[count], 0);
    return {
        verdict,
        lostUpdates,
        duplicates: total('duplicates'),
        oversold: total('oversold'),
    };
}
//# sourceMappingURL=summary.js.map