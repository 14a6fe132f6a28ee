import { short } from './format.js';
import { type SummaryInput, shared, title, WIDTH } from './plot-style.js';
import { titles } from './report.js';
import { ceilingName } from './row.js';
import type { GroupSummary, RowSummary } from './summary.js';
import { sweepOf } from './tables.js';

const LINES_HEIGHT = 300;

const colours = ['#6b7280', '#0072b2', '#009e73', '#d55e00', '#7b4fa3'];

/** A line for each row that was measured at several places of the axis. */
export function sweepPlots(group: GroupSummary): SummaryInput[] {
  const { places, lines } = sweepOf(group);
  if (lines.length === 0) return [];
  const { name, axis } = group;
  const about = `Buys per second, by ${axis}`;
  const values = group.rows
    .filter(
      (row) => row.series === ceilingName || lines.some(({ series }) => series === row.series),
    )
    .flatMap((row) =>
      // A ceiling that was measured once is the ceiling everywhere.
      placesOf(row, group, places).map((place) => ({
        series: row.series,
        at: short(place),
        low: row.perSecond.min,
        middle: row.perSecond.median,
        high: row.perSecond.max,
      })),
    );
  const series = [...new Set(values.map((value) => value.series))];
  const axisOfY = { title: 'buys per second', format: ',d' };
  const y = { type: 'quantitative', scale: { zero: true }, axis: axisOfY };
  const spec = {
    ...shared,
    ...title(about, `${titles[name] ?? name}: median and range of the rounds`),
    width: WIDTH,
    height: LINES_HEIGHT,
    data: { values },
    encoding: {
      x: {
        field: 'at',
        type: 'ordinal',
        sort: places.map(short),
        title: axis,
        axis: { labelAngle: 0, grid: false },
        scale: { type: 'point', padding: 0.3 },
      },
      color: {
        field: 'series',
        type: 'nominal',
        sort: series,
        scale: { domain: series, range: colours.slice(0, series.length) },
      },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.25 },
        encoding: {
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
        },
      },
      { mark: { type: 'line', strokeWidth: 2.5 }, encoding: { y: { ...y, field: 'middle' } } },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          y: { ...y, field: 'middle' },
          shape: { field: 'series', type: 'nominal', sort: series },
        },
      },
    ],
  };
  return [
    { name: `by-${name === 'rungs' ? 'connections' : name}`, group: name, title: about, spec },
  ];
}

function placesOf(
  row: RowSummary,
  { rows }: GroupSummary,
  places: readonly number[],
): readonly number[] {
  const measured = rows.filter(({ series }) => series === row.series).length;
  return row.series === ceilingName && measured === 1 ? places : [row.at];
}
