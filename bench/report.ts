import { color } from '../src/cli/colors.js';
import { type Cell, type Column, layOut } from '../src/cli/table.js';
import { count } from '../src/timeline/format.js';
import { milliseconds, none, number } from './format.js';
import type { Machine } from './machine.js';
import type { GroupResult, Plan } from './measure.js';
import type { Plot } from './plots.js';
import { latencyOf } from './row-figures.js';
import { placesOf, rowColumns, sweepColumns, targetColumns } from './tables.js';
import { ROUNDS_MIN, type TargetResult } from './targets.js';

/** All figures of a benchmark: what the report and the plots are made of. */
export interface Results {
  /** ISO 8601. */
  readonly at: string;
  /** How long it took. */
  readonly minutes: number;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly groups: readonly GroupResult[];
  readonly targets: readonly TargetResult[];
}

/** A part of the report, for a terminal and for a page. */
interface Block {
  readonly terminal: string;
  readonly markdown: string;
}

/**
 * Prints results for a terminal or as a page.
 *
 * @param plots those that could be drawn; only a page has them
 */
export function report(results: Results, format: keyof Block, plots: readonly Plot[] = []): string {
  const { at, groups, targets, plan } = results;
  const groupsReport = groups.flatMap((group) => groupBlocks(group, plan, plots));
  const targetsReport = targetBlocks(targets, plan);
  const blocks: Block[] = [
    pageOnly('# Benchmark report'),
    pageOnly(`Written by \`npm run bench\` on ${at.slice(0, 10)}.`),
    pairs(conditions(results)),
    // What matters most comes first on a page, and last on a terminal.
    ...(format === 'markdown'
      ? [...targetsReport, ...groupsReport]
      : [...groupsReport, ...targetsReport]),
    heading('How to read it'),
    list(notes(results)),
  ];
  const printed = blocks.map((block) => block[format]).filter((text) => text !== '');
  return `${printed.join('\n\n')}\n`;
}

function targetBlocks(targets: readonly TargetResult[], { rounds }: Plan): Block[] {
  if (targets.length === 0) return [];
  const note = `Not judged: that takes ${ROUNDS_MIN} rounds, and there were ${rounds}.`;
  const notes = rounds < ROUNDS_MIN ? [note] : [];
  const limits = targets.flatMap(({ what, limit }) =>
    limit === undefined ? [] : [`${what}: ${limit}`],
  );
  return [heading('Targets'), table(targetColumns, targets), list([...notes, ...limits])];
}

/** What was measured, and on what. */
function conditions({ plan, machine, minutes }: Results): [string, string][] {
  const { cores, cpu, node, platform, loadAverage, inMemory, syncMs } = machine;
  const length = `${count(plan.rounds, 'round')} of ${number(plan.measuredMs / 1000)} s a row`;
  return [
    ['machine', `${count(cores, 'core')} (${cpu}), ${platform}, node ${node}`],
    ['other load', `load average ${loadAverage.toFixed(1)} in the minute before`],
    ['disk', `${inMemory ? 'in memory, ' : ''}a sync takes ${milliseconds(syncMs)} ms`],
    ['durability', 'fsync: a buy is answered after a sync'],
    ['load', `${count(plan.connections, 'connection')} unless noted, from the same cores`],
    ['server', `${count(plan.workers, 'worker')} unless noted; one server under load at a time`],
    ['runs', `${length}, in changing order, after a warm-up; ${number(minutes)} minutes in all`],
  ];
}

function groupBlocks(group: GroupResult, plan: Plan, plots: readonly Plot[]): Block[] {
  const { name, title, rows } = group;
  const names = [...new Set(rows.map((row) => row.name))];
  const about = new Map(rows.flatMap((row) => (row.about ? [[row.name, row.about]] : [])));
  const drawn = plots.filter((plot) => plot.group === name);
  return [
    heading(title),
    ...drawn.map((plot) => pageOnly(`![${plot.title}](results/${plot.name}.svg)`)),
    ...(placesOf(group).length === 1
      ? [table(rowColumns(group), rows)]
      : [
          list(['Per second (of bare Fastify in the same round):']),
          table(sweepColumns(group), names),
        ]),
    pageOnly(list([...about].map(([row, what]) => `${row}: ${what}`)).markdown),
    list(problemsOf(group, plan), 'red'),
  ];
}

/** In shorter runs, slow rows leave connections without an answer by chance. */
const STARVED_MS_MIN = 1_000;

/** Rows that do not hold, had unexpected answers, or were not run. */
function problemsOf({ axis, rows, notRun }: GroupResult, { measuredMs }: Plan): string[] {
  const problems = rows.flatMap(({ name, at, mustHold, sales, runs }) => {
    const most = (key: 'unexpected' | 'failed' | 'starved') =>
      Math.max(...runs.map((run) => run[key]));
    return [
      mustHold && sales?.verdict !== 'holds' && 'must hold, and does not',
      most('unexpected') > 0 && `${count(most('unexpected'), 'unexpected answer')} in one run`,
      most('failed') > 0 && `${count(most('failed'), 'failed request')} in one run`,
      most('starved') > 0 &&
        measuredMs >= STARVED_MS_MIN &&
        `${count(most('starved'), 'connection')} without an answer in one run`,
    ].flatMap((problem) => (problem ? [`${name}, ${number(at)} ${axis}: ${problem}`] : []));
  });
  return [...problems, ...notRun.map(({ name, why }) => `${name}: not run: ${why}`)];
}

/** Load per core above which the figures of a minute say little. */
const LOAD_PER_CORE_MAX = 0.5;

function notes({ groups, machine: { loadAverage, cores, inMemory } }: Results): string[] {
  const rows = groups.flatMap((group) => group.rows);
  const broken = rows.filter(({ mustHold, sales }) => !mustHold && sales?.verdict === 'broken');
  const names = [...new Set(broken.map(({ name }) => name))].join(', ');
  return [
    'Compare ratios: they are of the same round. Other figures depend on the machine.',
    'Bare Fastify and the ceiling answer a constant. The ceiling is the server without store and lock.',
    names && `${names}: sold tickets twice, so the speed is worth nothing.`,
    rows.some((row) => latencyOf(row, 99.9) === undefined) &&
      `${none} for a percentile: too few answers were slower.`,
    inMemory && 'TMPDIR is in memory, where a sync does nothing: name a folder on a disk.',
    loadAverage / cores > LOAD_PER_CORE_MAX &&
      'The machine was busy before the benchmark: measure again when it is quiet.',
  ].flatMap((note) => note || []);
}

const pageOnly = (markdown: string): Block => ({ terminal: '', markdown });

const heading = (title: string): Block => ({
  terminal: color('bold', title),
  markdown: `## ${title}`,
});

const list = (items: readonly string[], style?: 'red'): Block => ({
  terminal: items.map((item) => (style ? color(style, item) : item)).join('\n'),
  markdown: items.map((item) => `- ${item}`).join('\n'),
});

const pairs = (lines: readonly [string, string][]): Block => ({
  terminal: lines.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n'),
  markdown: list(lines.map(([name, value]) => `${name}: ${value}`)).markdown,
});

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Block {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const markdown = [
    line(columns.map(({ head }) => head.replaceAll('\n', ' '))),
    line(columns.map(({ align }) => (align === 'left' ? '---' : '---:'))),
    ...rows.map((row) => line(columns.map(({ cell }) => markdownCell(cell(row))))),
  ];
  return { terminal: layOut(columns, rows), markdown: markdown.join('\n') };
}

/** What is coloured on a terminal is bold on a page; green is not. */
function markdownCell(cell: Cell | string): string {
  if (typeof cell === 'string') return cell;
  return cell.style === undefined || cell.style === 'green' ? cell.text : `**${cell.text}**`;
}
