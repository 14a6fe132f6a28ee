import type { Cell, Column } from '../src/cli/table.js';
import type { SummaryInput } from './plot-style.js';
import { circumstances, comparisonsOf, notes, titles, tooFew, troublesOf } from './report.js';
import type { Results } from './results.js';
import type { GroupSummary } from './summary.js';
import { mustColumns, rowColumns, sideBySide, sweepTables } from './tables.js';

/** The report as a page: `bench/REPORT.md`. */
export function markdown(results: Results, plots: readonly SummaryInput[]): string {
  const { at, plan, groups, musts } = results;
  const dependencies = [
    '# What it costs',
    `Made by \`npm run bench\` on ${at.slice(0, 10)}; all figures are in [results/latest.json](results/latest.json).`,
    table(
      [column('', 0), column('', 1)],
      circumstances(results).map((pair) => [...pair]),
    ),
    notes(results)
      .map((note) => `- ${note}`)
      .join('\n'),
    '## What must be true',
    ...tooFew(plan),
    table(mustColumns, musts),
    ...groups.flatMap((group) => section(group, plots)),
  ];
  return `${dependencies.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(group: GroupSummary, plots: readonly SummaryInput[]): string[] {
  const { name, rows } = group;
  const side = sideBySide(group);
  const pictures = plots.filter((plot) => plot.group === name);
  const about = [...new Map(rows.map((row) => [row.series, row.about]))].flatMap(
    ([series, text]) => (text === undefined ? [] : [`- ${series}: ${text}.`]),
  );
  const throttle = troublesOf(group).map((line) => `- ${line}`);
  return [
    `## ${titles[name] ?? name}`,
    ...pictures.map(({ title, name: file }) => `![${title}](results/${file}.svg)`),
    side.length === 0 ? '' : table(rowColumns, side),
    ...sweepTables(group).flatMap(({ what, columns, lines }) => [
      `${what}:`,
      table(columns, lines),
    ]),
    comparisonsOf(group).join('\n\n'),
    about.join('\n'),
    throttle.length === 0 ? '' : `What was not run, or did not go well:\n\n${throttle.join('\n')}`,
  ];
}

const column = (head: string, index: number): Column<readonly string[]> => ({
  head,
  align: 'left',
  cell: (row) => row[index] ?? '',
});

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ head }) => head.replace('-\n', '').replaceAll('\n', ' '))),
    line(columns.map(({ align }) => (align === 'left' ? '---' : '---:'))),
    ...rows.map((row) => line(columns.map(({ cell }) => textOf(cell(row))))),
  ].join('\n');
}

/** What is painted on a terminal is bold on a page. */
function textOf(cell: Cell | string): string {
  if (typeof cell === 'string') return cell;
  const loud = cell.style !== undefined && cell.style !== 'green' && cell.text !== '';
  return loud ? `**${cell.text}**` : cell.text;
}
