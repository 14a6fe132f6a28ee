import { color } from '../src/cli/colors.js';
import { layOut } from '../src/cli/table.js';
import { count } from '../src/timeline/format.js';
import { milliseconds, none, number, percent, ratio } from './format.js';
import { isMemory } from './machine.js';
import { ROUNDS_MIN } from './musts.js';
import type { Results } from './results.js';
import type { Plan } from './rounds.js';
import type { GroupSummary } from './summary.js';
import { mustColumns, rowColumns, sideBySide, sweepTables } from './tables.js';

/** What a group is about, by its name. */
export const titles: Readonly<Record<string, string>> = {
  rows: 'Side by side',
  rungs: 'The rungs of the ladder',
  peers: 'What others would take',
  sold: 'As sales grow',
  events: 'As events grow',
  workers: 'Workers',
  search: 'GET /search',
};

/** What the benchmark prints: what was measured and on what, the tables, and how to read them. */
export function report(results: Results): string {
  const { groups, musts } = results;
  const dependencies = [
    head(results),
    ...groups.map(groupReport),
    ...(musts.length === 0 ? [] : [mustReport(results)]),
    notes(results).join('\n'),
  ];
  return `${dependencies.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What was measured, and on what: pairs for people. */
export function circumstances({ plan, machine, groups, minutes }: Results): [string, string][] {
  const { cores, cpu, node, platform, loadAverage, fileSystem, syncMs } = machine;
  const worst = othersOf(groups);
  return [
    ['machine', `${count(cores, 'core')} (${cpu}), ${platform}, node ${node}`],
    [
      '',
      `load average ${loadAverage.toFixed(1)} at the start; others used ${percent(worst)} of the cores`,
    ],
    ['disk', `${fileSystem}, a sync takes ${milliseconds(syncMs)} ms`],
    ['durability', durability[plan.durability]],
    [
      'load',
      `${count(plan.connections, 'connection')} unless said, from a process on the same cores`,
    ],
    ['office', `${count(plan.workers, 'worker')} unless said, one office under load at a time`],
    ['runs', `${runsOf(plan)}, rows in turn, warm-up left out; ${number(minutes)} minutes in all`],
  ];
}

const durability = {
  fsync: 'fsync: a buyer is answered after a sync',
  os: 'os: a buyer is answered after the write, before any sync',
} as const;

const runsOf = ({ rounds, measuredMs }: Plan): string =>
  `${count(rounds, 'round')} of ${number(measuredMs / 1000)} s a row`;

function head(results: Results): string {
  return [
    color('bold', 'POST /buy: one ticket of an event that has enough for everybody'),
    '',
    ...circumstances(results).map(([name, value]) => `  ${name.padEnd(12)}${value}`),
    ...(isMemory(results.machine) ? [color('yellow', `  ${inMemory}`)] : []),
  ].join('\n');
}

const inMemory = 'The folder is in memory: syncs cost nothing. TMPDIR names another one.';

function groupReport(group: GroupSummary): string {
  const { name } = group;
  const side = sideBySide(group);
  const dependencies = [
    color('bold', titles[name] ?? name),
    ...(side.length === 0 ? [] : [layOut(rowColumns, side)]),
    ...sweepTables(group).map(
      ({ what, columns, lines }) => `${what}:\n\n${layOut(columns, lines)}`,
    ),
    [...comparisonsOf(group), ...troublesOf(group).map((line) => color('red', line))].join('\n'),
  ];
  return dependencies.filter((part) => part !== '').join('\n\n');
}

export const comparisonsOf = ({ comparisons }: GroupSummary): string[] =>
  comparisons.map(({ of, to, what, ratio: { median, min, max } }) => {
    const times = `${ratio(median)} times`;
    return `${what}: ${of} sells ${times} what ${to} sells (rounds: ${ratio(min)} to ${ratio(max)}).`;
  });

/** What went wrong besides the sales, where anything did, and what was not run. */
export const troublesOf = ({ axis, rows, notRun }: GroupSummary): string[] => [
  ...notRun.map(({ name, why }) => `${name}: not run: ${why}`),
  ...rows.flatMap(({ series, at, mustHold, sales, refused, failed, starved }) => {
    const label = `${series}, ${number(at)} ${axis}`;
    return [
      ...(mustHold && sales?.verdict !== 'holds' ? [`${label}: should hold, and does not`] : []),
      ...(refused > 0 ? [`${label}: ${count(refused, 'answer')} other than asked for`] : []),
      ...(failed > 0 ? [`${label}: ${count(failed, 'connection')} broken or timed out`] : []),
      ...(starved > 0
        ? [`${label}: in one run ${count(starved, 'connection')} got no answer`]
        : []),
    ];
  }),
];

function mustReport({ musts, plan }: Results): string {
  const title = color('bold', 'What must be true');
  return [title, layOut(mustColumns, musts), ...tooFew(plan)].join('\n\n');
}

export const tooFew = ({ rounds }: Plan): string[] =>
  rounds < ROUNDS_MIN
    ? [`${count(rounds, 'round')}: nothing is judged by less than ${ROUNDS_MIN}.`]
    : [];

/** How to read the figures. */
export function notes({ groups, machine }: Results): string[] {
  const rows = groups.flatMap((group) => group.rows);
  const wrong = rows.flatMap(({ series, mustHold, sales }) =>
    !mustHold && sales?.verdict === 'broken' ? [series] : [],
  );
  const unsafe = [...new Set(wrong)];
  return [
    ...(unsafe.length > 0
      ? [`${unsafe.join(' and ')} sold tickets twice: their speed counts for nothing.`]
      : []),
    'The ceiling is the same office with a constant for an answer: no store, no lock.',
    'Ratios are of the same round, and their median over the rounds is shown.',
    ...(rows.some(({ latencyMs }) => latencyMs.p99_9 === undefined)
      ? [`${none} for a percentile: too few answers lie beyond it.`]
      : []),
    'Compare ratios; the figures themselves are of this machine and of this minute.',
    ...(isMemory(machine) ? [inMemory] : []),
    ...(othersOf(groups) > OTHERS_MAX
      ? ['Other programs were busy meanwhile: measure again.']
      : []),
  ];
}

/** What others may use of the cores. With more, the rows that need the processors most lose most. */
const OTHERS_MAX = 0.1;

/** What others used, in the group that had most of it; 0 where nothing can say so. */
const othersOf = (groups: readonly GroupSummary[]): number =>
  Math.max(0, ...groups.map(({ others }) => others.median).filter(Number.isFinite));
