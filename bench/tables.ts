import type { Cell, Column } from '../src/cli/table.js';
import type { SalesVerdict } from './bench-server.js';
import { milliseconds, none, number, ratio, short } from './format.js';
import type { Percentile } from './load.js';
import type { GroupResult, RowResult } from './measure.js';
import { latencyOf, ofBare, speedOf } from './row-figures.js';
import type { TargetResult } from './targets.js';

const left = <Row>(head: string, cell: Column<Row>['cell']): Column<Row> => ({
  head,
  cell,
  align: 'left',
});
const right = <Row>(head: string, cell: Column<Row>['cell']): Column<Row> => ({
  head,
  cell,
  align: 'right',
});

function verdictCell(sales: SalesVerdict | undefined): Cell | string {
  if (sales === undefined) return none;
  if (sales.verdict === 'holds') return { text: 'holds', style: 'green' };
  if (sales.verdict === 'inconclusive') return { text: 'inconclusive', style: 'yellow' };
  const counts = [
    [sales.duplicates, 'sold twice'],
    [sales.oversold, 'oversold'],
    [sales.lostUpdates, 'lost updates'],
    [sales.stillOnSale, 'sold and still on sale'],
  ] as const;
  const wrong = counts.flatMap(([count, what]) => (count > 0 ? [`${number(count)} ${what}`] : []));
  return { text: `BROKEN: ${wrong.join(', ')}`, style: ['red', 'bold'] };
}

const latency = (percentile: Percentile) =>
  right<RowResult>(`p${percentile}\nms`, (row) => {
    const ms = latencyOf(row, percentile);
    return ms === undefined ? none : milliseconds(ms);
  });

/** The columns of rows under the same load. */
export const rowColumns = (group: GroupResult): Column<RowResult>[] => [
  left('row', ({ name }) => name),
  right('per second', (row) => number(speedOf(row).median)),
  right('min–max', (row) => `${short(speedOf(row).min)}–${short(speedOf(row).max)}`),
  right('of bare\nFastify', (row) => ({ text: ratio(ofBare(row, group)?.median), style: 'bold' })),
  latency(50),
  latency(99),
  latency(99.9),
  left('durable', ({ durable }) => (durable === undefined ? none : durable ? 'yes' : 'NO')),
  left('verdict', ({ sales }) => verdictCell(sales)),
];

export const placesOf = ({ rows }: GroupResult): number[] => [...new Set(rows.map(({ at }) => at))];

/** A group with several places of its axis: a line per name, a column per place. */
export const sweepColumns = (group: GroupResult): Column<string>[] => [
  left('row', (name) => name),
  ...placesOf(group).map((place) =>
    right<string>(`${short(place)}\n${group.axis}`, (name) => {
      const row = group.rows.find((each) => each.name === name && each.at === place);
      return row ? `${number(speedOf(row).median)} (${ratio(ofBare(row, group)?.median)})` : none;
    }),
  ),
];

const symbol = ({ comparison }: TargetResult): string => (comparison === 'at least' ? '≥' : '≤');

function resultCell({ measured, met }: TargetResult): Cell | string {
  if (measured === undefined) return 'not run';
  if (met === undefined) return { text: 'not judged', style: 'yellow' };
  return met ? { text: 'met', style: 'green' } : { text: 'MISSED', style: ['red', 'bold'] };
}

export const targetColumns: readonly Column<TargetResult>[] = [
  left('what', ({ what }) => what),
  right('target', (each) => `${symbol(each)} ${ratio(each.target)}`),
  right('aim', (each) => `${symbol(each)} ${ratio(each.aim)}`),
  right('measured', ({ measured }) => ratio(measured?.median)),
  right('min–max', ({ measured }) =>
    measured && Number.isFinite(measured.median)
      ? `${ratio(measured.min)}–${ratio(measured.max)}`
      : none,
  ),
  left('result', resultCell),
];
