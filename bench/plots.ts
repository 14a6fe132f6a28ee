import { number, short } from './format.js';
import type { GroupResult, RowResult } from './measure.js';
import { loadPackage } from './packages.js';
import { latencyOf, speedOf } from './row-figures.js';
import { bareName, ceilingName } from './setups.js';
import { placesOf } from './tables.js';

/** A picture of a group. */
export interface Plot {
  /** Of the file, without `.svg`. */
  readonly name: string;
  readonly group: string;
  readonly title: string;
  readonly spec: object;
}

/** A mark, with a line from `low` to `high` behind it. */
interface Point {
  /** The row of a table, or the place of a sweep. */
  readonly category: string;
  readonly series: string;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** Beside the mark. */
  readonly label?: string;
}

interface Series {
  readonly name: string;
  readonly colour: string;
  readonly shape: string;
}

interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: string;
  readonly points: readonly Point[];
  readonly series: readonly Series[];
  /** The title of the axis of a sweep, whose points are joined by lines. */
  readonly sweepAxis?: string;
}

const ink = '#1f2328';
const font = { labelFontSize: 12, labelColor: ink, labelLimit: 0 };
const style = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: '#ffffff', // the page around it may be dark
  padding: 16,
  config: {
    font: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
    axis: { ...font, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e5e7eb' },
    legend: { ...font, orient: 'top', title: null, columns: 3, symbolSize: 90, symbolOpacity: 1 },
    title: { fontSize: 15, anchor: 'start', color: ink, subtitleColor: '#57606a', offset: 12 },
    view: { stroke: null },
  },
};

const WIDTH = 560;
const ROW_HEIGHT = 26;
const SWEEP_HEIGHT = 300;

/** The specification of every plot: a table's rows from top to bottom, a sweep's places to the right. */
function specOf({ title, subtitle, unit, points, series, sweepAxis }: Chart): object {
  const isSweep = sweepAxis !== undefined;
  const categories = [...new Set(points.map(({ category }) => category))];
  const [value, category] = isSweep ? ['y', 'x'] : ['x', 'y'];
  const scale = isSweep ? { zero: true } : { type: 'log' };
  const axis = { title: unit, format: isSweep ? ',d' : '~s', tickCount: 5 };
  const on = (field: string) => ({
    [value as string]: { field, type: 'quantitative', scale, axis },
  });
  const domain = series.map(({ name }) => name);
  const bySeries = (range: readonly string[]) => ({
    field: 'series',
    type: 'nominal',
    scale: { domain, range },
  });
  const shape = bySeries(series.map((each) => each.shape));
  return {
    ...style,
    title: { text: title, subtitle },
    width: WIDTH,
    height: isSweep ? SWEEP_HEIGHT : ROW_HEIGHT * categories.length,
    data: { values: points },
    encoding: {
      [category as string]: {
        field: 'category',
        type: 'ordinal',
        sort: categories,
        title: sweepAxis ?? null,
        axis: { labelAngle: 0, grid: !isSweep, ticks: isSweep, domain: isSweep, labelPadding: 8 },
        scale: { type: 'point', padding: isSweep ? 0.3 : 0.5 },
      },
      color: bySeries(series.map(({ colour }) => colour)),
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.35 },
        encoding: { ...on('low'), [`${value}2`]: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: 100, opacity: 1 },
        encoding: { ...on('middle'), shape },
      },
      isSweep
        ? { mark: { type: 'line', strokeWidth: 2.5 }, encoding: on('middle') }
        : {
            mark: { type: 'text', align: 'left', dx: 10, fontSize: 12 },
            encoding: { ...on('high'), text: { field: 'label' } },
          },
    ],
  };
}

const rowSeries = {
  reference: { name: 'reference: sells nothing', colour: '#6b7280', shape: 'diamond' },
  durable: { name: 'holds, and is durable', colour: '#0072b2', shape: 'circle' },
  volatile: { name: 'holds, but not after a power cut', colour: '#b45f06', shape: 'triangle-up' },
  unjudged: { name: 'stores no orders to judge', colour: '#7b4fa3', shape: 'square' },
  broken: { name: 'BROKEN: sold tickets twice', colour: '#c5221f', shape: 'cross' },
} satisfies Record<string, Series>;

function seriesOf({ name, sales, durable }: RowResult): Series {
  if (name === bareName || name === ceilingName) return rowSeries.reference;
  if (sales === undefined) return rowSeries.unjudged;
  if (sales.verdict === 'broken') return rowSeries.broken;
  return durable === false ? rowSeries.volatile : rowSeries.durable;
}

/** Two plots of a table: how fast its rows are, and how long an answer takes. */
function tablePlots({ name: group, title, rows: all }: GroupResult): Plot[] {
  if (all.every(({ sales }) => sales === undefined)) return []; // `/search` sells nothing
  const rows = all.filter((row) => speedOf(row).median > 0);
  const used = rows.map(seriesOf);
  const series = Object.values(rowSeries).filter((each) => used.includes(each));
  const pointOf = (row: RowResult, low: number, middle: number, high: number, label: string) => ({
    category: row.name,
    series: seriesOf(row).name,
    low,
    middle,
    high,
    label,
  });
  const speeds = rows.map((row) => {
    const { median, min, max } = speedOf(row);
    const duplicates = row.sales?.duplicates ?? 0;
    const wrong = duplicates > 0 ? `, ${number(duplicates)} tickets twice` : '';
    // A logarithmic axis has no place for a round without answers.
    return pointOf(row, min || median, median, max, number(Math.round(median)) + wrong);
  });
  const latencies = rows.flatMap((row) => {
    const p50 = latencyOf(row, 50);
    if (p50 === undefined) return [];
    const p99 = latencyOf(row, 99);
    if (p99 === undefined) return [pointOf(row, p50, p50, p50, `p50: ${number(p50)}`)];
    return [pointOf(row, p50, p99, latencyOf(row, 99.9) ?? p99, number(p99))];
  });
  return [
    plotOf(group, `${group}-throughput`, {
      title: `${title}: throughput`,
      subtitle: 'median, and range of the rounds; logarithmic',
      unit: 'per second',
      points: speeds,
      series,
    }),
    plotOf(group, `${group}-latency`, {
      title: `${title}: latency`,
      subtitle: 'p99, and range from p50 to p99.9; logarithmic',
      unit: 'milliseconds',
      points: latencies,
      series,
    }),
  ];
}

const colours = ['#6b7280', '#111827', '#d55e00', '#009e73', '#0072b2'];
const shapes = ['diamond', 'square', 'triangle-up', 'cross', 'circle'];

/** A line for each row of a sweep. */
function sweepPlot({ name: group, axis, rows }: GroupResult): Plot {
  const names = [...new Set(rows.map(({ name }) => name))];
  return plotOf(group, `by-${group}`, {
    title: `Throughput by ${axis}`,
    subtitle: 'median, and range of the rounds',
    unit: 'per second',
    points: rows.map((row) => {
      const { min, median, max } = speedOf(row);
      return { category: short(row.at), series: row.name, low: min, middle: median, high: max };
    }),
    series: names.map((name, index) => ({
      name,
      colour: colours[index % colours.length] as string,
      shape: shapes[index % shapes.length] as string,
    })),
    sweepAxis: axis,
  });
}

const plotOf = (group: string, name: string, chart: Chart): Plot => ({
  group,
  name,
  title: chart.title,
  spec: specOf(chart),
});

/** All plots of a benchmark. */
export const plotsOf = (groups: readonly GroupResult[]): Plot[] =>
  groups.flatMap((group) =>
    placesOf(group).length === 1 ? tablePlots(group) : [sweepPlot(group)],
  );

interface VegaLite {
  compile(spec: object): { readonly spec: object };
}
interface View {
  toSVG(): Promise<string>;
}
interface Vega {
  parse(spec: object): object;
  readonly View: new (runtime: object, options: { renderer: 'none' }) => View;
}

/** Draws a specification as SVG, without a browser. */
export async function drawSvg(spec: object): Promise<string> {
  const { compile } = await loadPackage<VegaLite>('vega-lite');
  const { parse, View } = await loadPackage<Vega>('vega');
  return new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG();
}
