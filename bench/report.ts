import { count, paint } from '../src/cli/paint.js';
import { type Cell, type Column, layOut } from '../src/cli/table.js';
import { isMemory, type Machine } from './machine.js';
import type { Plan } from './rounds.js';
import type { PercentileName, RowSummary, Sales, Summary } from './summary.js';

/** What the benchmark prints: what was measured and on what, the table, and how to read it. */
export function report(plan: Plan, machine: Machine, summary: Summary): string {
  const parts = [
    head(plan, machine, summary),
    layOut(columns, summary.rows),
    troubles(summary),
    reading(summary),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function head(plan: Plan, machine: Machine, { others }: Summary): string {
  const { cores, cpu, node, platform, loadAverage, fileSystem, syncMs } = machine;
  const seconds = `${number(plan.measuredMs / 1000)} s`;
  const durability = {
    fsync: 'fsync: a buyer is answered after a sync',
    os: 'os: a buyer is answered after the write, before any sync',
  }[plan.durability];
  const rows = [
    ['machine', `${count(cores, 'core')} (${cpu}), ${platform}, node ${node}`],
    [
      '',
      `load average ${loadAverage.toFixed(1)} at the start; others used ${percent(others.median)} of the cores`,
    ],
    ['disk', `${fileSystem}, a sync takes ${milliseconds(syncMs)} ms`],
    ['durability', durability],
    ['load', `${count(plan.connections, 'connection')}, from a process on the same cores`],
    ['office', `${count(plan.workers, 'worker')}, one office under load at a time`],
    ['runs', `${count(plan.rounds, 'round')} of ${seconds} a row, rows in turn, warm-up left out`],
  ];
  const warning = isMemory(machine)
    ? [paint('yellow', '  The folder is in memory: syncs cost nothing. TMPDIR names another one.')]
    : [];
  return [
    paint('bold', 'POST /buy: one ticket of an event that has enough for everybody'),
    '',
    ...rows.map(([name = '', value]) => `  ${name.padEnd(12)}${value}`),
    ...warning,
  ].join('\n');
}

const none = '–';

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

const columns: readonly Column<RowSummary>[] = [
  { head: 'row', align: 'left', cell: ({ name }) => name },
  { head: 'buys/s', align: 'right', cell: ({ buysPerSecond }) => number(buysPerSecond.median) },
  {
    head: 'min–max',
    align: 'right',
    cell: ({ buysPerSecond: { min, max } }) => `${short(min)}–${short(max)}`,
  },
  {
    head: 'of the\nceiling',
    align: 'right',
    cell: ({ ofCeiling }) => ({ text: ratio(ofCeiling), style: 'bold' }),
  },
  latency('p50', 'p50\nms'),
  latency('p99', 'p99\nms'),
  latency('p99_9', 'p99.9\nms'),
  { head: 'lost\nupdates', align: 'right', cell: sales(({ lostUpdates }) => wrongs(lostUpdates)) },
  { head: 'dupli-\ncates', align: 'right', cell: sales(({ duplicates }) => wrongs(duplicates)) },
  { head: 'over-\nsold', align: 'right', cell: sales(({ oversold }) => wrongs(oversold)) },
  { head: 'verdict', align: 'left', cell: sales(({ verdict }) => rulings[verdict]) },
];

const rulings: Readonly<Record<Sales['verdict'], Cell>> = {
  holds: { text: 'holds', style: 'green' },
  broken: { text: 'BROKEN', style: ['red', 'bold'] },
  inconclusive: { text: 'unclear', style: 'yellow' },
};

/** What went wrong besides the sales, where anything did. */
function troubles({ rows }: Summary): string {
  const lines = rows.flatMap(({ name, mustHold, sales, refused, failed, starved }) => [
    ...(mustHold && sales?.verdict !== 'holds' ? [`${name}: should hold, and does not`] : []),
    ...(refused > 0 ? [`${name}: ${count(refused, 'answer')} other than 2xx`] : []),
    ...(failed > 0 ? [`${name}: ${count(failed, 'connection')} broken or timed out`] : []),
    ...(starved > 0 ? [`${name}: in one run ${count(starved, 'connection')} got no answer`] : []),
  ]);
  return lines.map((line) => paint('red', line)).join('\n');
}

/** The ratios that matter, and what the figures mean. */
function reading({ rows, comparisons, others }: Summary): string {
  const compared = comparisons.map(({ of, to, what, ratio: { median, min, max } }) => {
    const times = paint('bold', `${ratio(median)} times`);
    return `${what}: ${of} sells ${times} what ${to} sells (rounds: ${ratio(min)} to ${ratio(max)}).`;
  });
  const wrong = rows.flatMap(({ name, mustHold, sales }) =>
    !mustHold && sales?.verdict === 'broken' ? [name] : [],
  );
  const lines = [
    ...compared,
    ...(wrong.length > 0
      ? [`${wrong.join(' and ')} sold tickets twice: their speed counts for nothing.`]
      : []),
    ...(rows.some(({ ofCeiling }) => ofCeiling !== undefined)
      ? ['The ceiling is the same office with a constant for an answer: no store, no lock.']
      : []),
    ...(rows.some(({ latencyMs }) => latencyMs.p99_9 === undefined)
      ? [`${none} for a percentile: too few answers lie beyond it.`]
      : []),
    'Compare ratios; the figures themselves are of this machine and of this minute.',
    ...(others.median > OTHERS_MAX
      ? [paint('yellow', 'Other programs were busy meanwhile: measure again.')]
      : []),
  ];
  return lines.join('\n');
}

/** What others may use of the cores. With more, the rows that need the processors most lose most. */
const OTHERS_MAX = 0.1;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const number = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });

/** `306`, `9.8k`, `12.1k`. */
const short = (value: number): string =>
  value < 1000 ? value.toFixed(0) : `${(value / 1000).toFixed(1)}k`;

const milliseconds = (ms: number): string => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);

/** `0.021`, `0.62`, `24.1`. */
const ratio = (value = Number.NaN): string =>
  Number.isFinite(value) ? value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : 1) : none;
