import type { Cell, Column } from '../src/cli/table.js';
import { median } from './figures.js';
import { milliseconds, none, number, ratio, short } from './format.js';
import type { MustSummary } from './musts.js';
import type { GroupSummary, PercentileName, RowSummary, Sales } from './summary.js';

const sales =
  (cell: (sales: Sales) => Cell | string) =>
  (row: RowSummary): Cell | string =>
    row.sales === undefined ? none : cell(row.sales);

const wrongs = (wrong: number): Cell | string =>
  wrong === 0 ? '0' : { text: number(wrong), style: 'red' };

const latency = (name: PercentileName, head: string): Column<RowSummary> => ({
  head,
  align: 'right',
  cell: ({ latencyMs }) => {
    const ms = latencyMs[name];
    return ms === undefined ? none : milliseconds(ms);
  },
});

const rulings: Readonly<Record<Sales['verdict'], Cell>> = {
  holds: { text: 'holds', style: 'green' },
  broken: { text: 'BROKEN', style: ['red', 'bold'] },
  inconclusive: { text: 'unclear', style: 'yellow' },
};

/** The columns of rows under the same load. */
export const rowColumns: readonly Column<RowSummary>[] = [
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
export const sideBySide = ({ rows, tableAt }: GroupSummary): GroupSummary['rows'] =>
  rows.filter(({ at }) => at === tableAt);

/** A line of a sweep: one series, at each place of the axis. */
export interface SweepLine {
  readonly series: string;
  readonly at: ReadonlyMap<number, RowSummary>;
}

/** The lines of a group that was measured at several places of its axis; beside a table, only those. */
export function sweepOf({ rows, tableAt }: GroupSummary): { places: number[]; lines: SweepLine[] } {
  const names = [...new Set(rows.map(({ series }) => series))];
  const lines = names.map((series) => ({
    series,
    at: new Map(rows.filter((row) => row.series === series).map((row) => [row.at, row])),
  }));
  const places = [...new Set(rows.map(({ at }) => at))].sort((one, other) => one - other);
  return { places, lines: lines.filter(({ at }) => tableAt === undefined || at.size > 1) };
}

interface SweepTable {
  /** What stands in it. */
  readonly what: string;
  readonly columns: readonly Column<SweepLine>[];
  readonly lines: readonly SweepLine[];
}

/** Figures that a sweep has a table of, each where it was measured. */
const figuresOfSweeps: readonly { what: string; of: (row: RowSummary) => string | undefined }[] = [
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
export function sweepTables(group: GroupSummary): SweepTable[] {
  const { places, lines } = sweepOf(group);
  if (lines.length === 0) return [];
  const shown = figuresOfSweeps.filter(({ of }) => group.rows.some((row) => of(row) !== undefined));
  return shown.map(({ what, of }) => ({
    what,
    lines,
    columns: [
      { head: 'row', align: 'left', cell: ({ series }) => series },
      ...places.map(
        (place): Column<SweepLine> => ({
          head: `${short(place)}\n${group.axis}`,
          align: 'right',
          cell: ({ at }) => {
            const row = at.get(place);
            return (row && of(row)) ?? none;
          },
        }),
      ),
    ],
  }));
}

const figure = (value: number, unit: MustSummary['unit']): string =>
  unit === 'MB' ? `${number(value)} MB` : ratio(value);

const held: Readonly<Record<string, Cell>> = {
  true: { text: 'yes', style: 'green' },
  false: { text: 'NO', style: ['red', 'bold'] },
  undefined: { text: 'not judged', style: 'yellow' },
};

/** The columns of what must be true. */
export const mustColumns: readonly Column<MustSummary>[] = [
  { head: 'what', align: 'left', cell: ({ what }) => what },
  {
    head: 'measured',
    align: 'right',
    cell: ({ measured, unit }) =>
      measured === undefined ? 'not run' : figure(measured.median, unit),
  },
  {
    head: 'min–max',
    align: 'right',
    cell: ({ measured, unit }) =>
      measured === undefined ? none : `${figure(measured.min, unit)}–${figure(measured.max, unit)}`,
  },
  {
    head: 'must',
    align: 'right',
    cell: ({ judgeRun, must, unit }) =>
      `${judgeRun === 'at least' ? '≥' : '≤'} ${figure(must, unit)}`,
  },
  {
    head: 'aim',
    align: 'right',
    cell: ({ judgeRun, aim, unit }) =>
      `${judgeRun === 'at least' ? '≥' : '≤'} ${figure(aim, unit)}`,
  },
  { head: 'held', align: 'left', cell: (must) => held[String(must.held)] as Cell },
];
