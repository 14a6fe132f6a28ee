import { median } from './figures.js';
import { milliseconds, none, number, ratio, short } from './format.js';
const sales = (cell) => (row) => row.sales === undefined ? none : cell(row.sales);
const wrongs = (wrong) => wrong === 0 ? '0' : { text: number(wrong), style: 'red' };
const latency = (name, head) => ({
    head,
    align: 'right',
    cell: ({ latencyMs }) => {
        const ms = latencyMs[name];
        return ms === undefined ? none : milliseconds(ms);
    },
});
const rulings = {
    holds: { text: 'holds', style: 'green' },
    broken: { text: 'BROKEN', style: ['red', 'bold'] },
    inconclusive: { text: 'unclear', style: 'yellow' },
};
/** The columns of rows under the same load. */
export const rowColumns = [
    { head: 'row', align: 'left', cell: ({ series }) => series },
    { head: 'per second', align: 'right', cell: ({ perSecond }) => number(perSecond.median) },
    {
        head: 'min–max',
        align: 'right',
        cell: ({ perSecond: { min, max } }) => `${short(min)}–${short(max)}`,
    },
    {
        head: 'of the\nceiling',
        align: 'right',
        cell: ({ ofCeiling }) => ({ text: ratio(ofCeiling?.median), style: 'bold' }),
    },
    latency('p50', 'p50\nms'),
    latency('p99', 'p99\nms'),
    latency('p99_9', 'p99.9\nms'),
    {
        head: 'durable',
        align: 'left',
        cell: ({ durable }) => (durable === undefined ? none : durable ? 'yes' : 'NO'),
    },
    { head: 'lost\nupdates', align: 'right', cell: sales(({ lostUpdates }) => wrongs(lostUpdates)) },
    { head: 'dupli-\ncates', align: 'right', cell: sales(({ duplicates }) => wrongs(duplicates)) },
    { head: 'over-\nsold', align: 'right', cell: sales(({ oversold }) => wrongs(oversold)) },
    { head: 'verdict', align: 'left', cell: sales(({ verdict }) => rulings[verdict]) },
];
/** The rows that stand in one table, under the same load. */
export const sideBySide = ({ rows, tableAt }) => rows.filter(({ at }) => at === tableAt);
/** The lines of a group that was measured at several places of its axis; beside a table, only those. */
export function sweepOf({ rows, tableAt }) {
    const names = [...new Set(rows.map(({ series }) => series))];
    const lines = names.map((series) => ({
        series,
        at: new Map(rows.filter((row) => row.series === series).map((row) => [row.at, row])),
    }));
    const places = [...new Set(rows.map(({ at }) => at))].sort((one, other) => one - other);
    return { places, lines: lines.filter(({ at }) => tableAt === undefined || at.size > 1) };
}
/** Figures that a sweep has a table of, each where it was measured. */
const figuresOfSweeps = [
    {
        what: 'Answers per second, and of the ceiling in the same round',
        of: ({ perSecond, ofCeiling }) => `${number(perSecond.median)} (${ratio(ofCeiling?.median)})`,
    },
    {
        what: 'p99.9 of what held up the event loop, in milliseconds',
        of: (row) => {
            const delays = row.rounds.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs]));
            return delays.length === 0 ? undefined : milliseconds(median(delays));
        },
    },
    {
        what: 'Memory of a worker, in megabytes',
        of: ({ rounds }) => number(Math.round(median(rounds.map(({ workerMb }) => workerMb)))),
    },
];
/** The tables of a sweep: a line for each row, a column for each place of the axis. */
export function sweepTables(group) {
    const { places, lines } = sweepOf(group);
    if (lines.length === 0)
        return [];
    const shown = figuresOfSweeps.filter(({ of }) => group.rows.some((row) => of(row) !== undefined));
    return shown.map(({ what, of }) => ({
        what,
        lines,
        columns: [
            { head: 'row', align: 'left', cell: ({ series }) => series },
            ...places.map((place) => ({
                head: `${short(place)}\n${group.axis}`,
                align: 'right',
                cell: ({ at }) => {
                    const row = at.get(place);
                    return (row && of(row)) ?? none;
                },
            })),
        ],
    }));
}
const figure = (value, unit) => unit === 'MB' ? `${number(value)} MB` : ratio(value);
const held = {
    true: { text: 'yes', style: 'green' },
    false: { text: 'NO', style: ['red', 'bold'] },
    undefined: { text: 'not judged', style: 'yellow' },
};
/** The columns of what must be true. */
export const mustColumns = [
    { head: 'what', align: 'left', cell: ({ what }) => what },
    {
        head: 'measured',
        align: 'right',
        cell: ({ measured, unit }) => measured === undefined ? 'not run' : figure(measured.median, unit),
    },
    {
        head: 'min–max',
        align: 'right',
        cell: ({ measured, unit }) => measured === undefined ? none : `${figure(measured.min, unit)}–${figure(measured.max, unit)}`,
    },
    {
        head: 'must',
        align: 'right',
        cell: ({ rule, must, unit }) => `${rule === 'at least' ? '≥' : '≤'} ${figure(must, unit)}`,
    },
    {
        head: 'aim',
        align: 'right',
        cell: ({ rule, aim, unit }) => `${rule === 'at least' ? '≥' : '≤'} ${figure(aim, unit)}`,
    },
    { head: 'held', align: 'left', cell: (must) => held[String(must.held)] },
];
//# sourceMappingURL=tables.js.map