import type { Cell, Column } from '../src/cli/table.js';
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

/** The lines of a group that was measured at several places of its axis. */
export function sweepOf({ rows }: GroupSummary): { places: number[]; lines: SweepLine[] } {
  const names = [...new Set(rows.map(({ series }) => series))];
  const lines = names.map((series) => ({
    series,
    at: new Map(rows.filter((row) => row.series === series).map((row) => [row.at, row])),
  }));
  const places = [...new Set(rows.map(({ at }) => at))].sort((one, other) => one - other);
  return { places, lines: lines.filter(({ at }) => at.size > 1) };
}

/** The columns of a sweep: answers per second at each place, and how much of the ceiling that is. */
export const sweepColumns = (axis: string, places: readonly number[]): Column<SweepLine>[] => [
  { head: 'row', align: 'left', cell: ({ series }) => series },
  ...places.map(
    (place): Column<SweepLine> => ({
      head: `${short(place)}\n${axis}`,
      align: 'right',
      cell: ({ at }) => {
        const row = at.get(place);
        if (row === undefined) return none;
        return `${number(row.perSecond.median)} (${ratio(row.ofCeiling?.median)})`;
      },
    }),
  ),
];

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
    cell: ({ rule, must, unit }) => `${rule === 'at least' ? '≥' : '≤'} ${figure(must, unit)}`,
  },
  {
    head: 'aim',
    align: 'right',
    cell: ({ rule, aim, unit }) => `${rule === 'at least' ? '≥' : '≤'} ${figure(aim, unit)}`,
  },
  { head: 'held', align: 'left', cell: (must) => held[String(must.held)] as Cell },
];
