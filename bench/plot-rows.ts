import { number } from './format.js';
import { type SummaryInput, shared, title, WIDTH } from './plot-style.js';
import { titles } from './report.js';
import { ceilingName } from './row.js';
import type { GroupSummary, PercentileName, RowSummary } from './summary.js';
import { sideBySide } from './tables.js';

const ROW_HEIGHT = 26;

/** Whether a row may be compared at all, and whether with those that sync: what its mark says. */
const kinds = {
  ceiling: { text: 'ceiling: sells nothing', colour: '#6b7280', shape: 'diamond' },
  durable: { text: 'right, and synced', colour: '#0072b2', shape: 'circle' },
  volatile: { text: 'right, but lost in a power cut', colour: '#b45f06', shape: 'triangle-up' },
  unjudged: { text: 'synced; keeps no orders to judge', colour: '#7b4fa3', shape: 'square' },
  wrong: { text: 'WRONG: sold tickets twice', colour: '#c5221f', shape: 'cross' },
} as const;

function kindOf({ series, sales, durable }: RowSummary): keyof typeof kinds {
  if (series === ceilingName) return 'ceiling';
  if (sales === undefined) return 'unjudged';
  if (sales.verdict === 'broken') return 'wrong';
  return durable === false ? 'volatile' : 'durable';
}

/** Rows under the same load: how fast, and how long it takes. */
export function rowPlots(group: GroupSummary): SummaryInput[] {
  const rows = sideBySide(group);
  if (rows.length === 0 || group.name === 'search') return [];
  const { name } = group;
  const about = titles[name] ?? name;
  return [
    { name: `${name}-throughput`, group: name, ...throughput(about, rows) },
    { name: `${name}-latency`, group: name, ...latency(about, rows) },
  ];
}

/** Rows from top to bottom in the table's order, and a line for each. */
const rowAxis = (rows: readonly RowSummary[]) => ({
  field: 'series',
  type: 'nominal',
  sort: rows.map(({ series }) => series),
  title: null,
  axis: { grid: true, ticks: false, domain: false, labelPadding: 8 },
});

const kindScale = (rows: readonly RowSummary[]) => {
  const used = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((kind) =>
    rows.some((row) => kindOf(row) === kind),
  );
  const domain = used.map((kind) => kinds[kind].text);
  return {
    color: {
      field: 'kind',
      type: 'nominal',
      scale: { domain, range: used.map((kind) => kinds[kind].colour) },
      legend: { columns: 2 },
    },
    shape: {
      field: 'kind',
      type: 'nominal',
      scale: { domain, range: used.map((kind) => kinds[kind].shape) },
      legend: { columns: 2 },
    },
  };
};

function throughput(
  about: string,
  rows: readonly RowSummary[],
): Pick<SummaryInput, 'title' | 'spec'> {
  const shown = rows.filter(({ perSecond }) => perSecond.median > 0);
  const values = shown.map((row) => ({
    series: row.series,
    kind: kinds[kindOf(row)].text,
    // A round in which nobody was answered has no place on a logarithmic axis.
    low: row.perSecond.min || row.perSecond.median,
    middle: row.perSecond.median,
    high: row.perSecond.max,
    label: labelOf(row),
  }));
  const { color, shape } = kindScale(shown);
  const x = { field: 'middle', type: 'quantitative', scale: { type: 'log' } };
  const spec = {
    ...shared,
    ...title(`${about}: buys per second`, 'median and range of the rounds; logarithmic'),
    width: WIDTH,
    height: ROW_HEIGHT * shown.length,
    data: { values },
    encoding: { y: rowAxis(shown), color },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.4 },
        encoding: {
          x: { ...x, field: 'low', axis: { title: 'buys per second', format: '~s', tickCount: 5 } },
          x2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 110, opacity: 1 },
        encoding: { x, shape },
      },
      {
        mark: { type: 'text', align: 'left', dx: 12, fontSize: 12 },
        encoding: { x: { ...x, field: 'high' }, text: { field: 'label' } },
      },
    ],
  };
  return { title: `${about}: buys per second`, spec };
}

/** The figure, and what is wrong with it. */
function labelOf({ perSecond, sales }: RowSummary): string {
  const figure = number(Math.round(perSecond.median));
  if (sales?.verdict !== 'broken') return figure;
  return `${figure}, ${number(sales.duplicates)} tickets twice`;
}

const percentileTexts: Readonly<Record<PercentileName, string>> = {
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p99_9: 'p99.9',
};

function latency(about: string, rows: readonly RowSummary[]): Pick<SummaryInput, 'title' | 'spec'> {
  const values = rows.flatMap((row) =>
    Object.entries(row.latencyMs).map(([name, ms]) => ({
      series: row.series,
      percentile: percentileTexts[name as PercentileName],
      ms,
      wrong: kindOf(row) === 'wrong',
    })),
  );
  const x = {
    field: 'ms',
    type: 'quantitative',
    scale: { type: 'log' },
    axis: { title: 'milliseconds from question to answer', format: '~g', tickCount: 5 },
  };
  const spec = {
    ...shared,
    ...title(
      `${about}: latency`,
      'all rounds together; logarithmic; a row in red sold tickets twice',
    ),
    width: WIDTH,
    height: ROW_HEIGHT * rows.length,
    data: { values },
    encoding: { y: rowAxis(rows), x },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2, opacity: 0.5 },
        encoding: {
          detail: { field: 'series' },
          color: {
            condition: { test: 'datum.wrong', value: kinds.wrong.colour },
            value: '#9ca3af',
          },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: {
          color: {
            field: 'percentile',
            type: 'nominal',
            scale: {
              domain: Object.values(percentileTexts),
              range: ['#86b6e0', '#4b8fce', '#1b5fa8', '#0b2f5c'],
            },
          },
          shape: {
            field: 'percentile',
            type: 'nominal',
            scale: {
              domain: Object.values(percentileTexts),
              range: ['circle', 'square', 'diamond', 'triangle-right'],
            },
          },
        },
      },
    ],
  };
  return { title: `${about}: latency`, spec };
}
