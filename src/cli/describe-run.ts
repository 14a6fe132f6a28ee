import { conclusionOf, describeCompared } from '../timeline/conclusion.js';
import { describeSetting } from '../timeline/describe-setting.js';
import { figureRows } from '../timeline/figure-rows.js';
import { count } from '../timeline/format.js';
import type { LabCatalogue, Scenario } from '../timeline/lab-catalogue.js';
import type { Run } from '../timeline/report.js';
import { color, colorRuling } from './colors.js';
import { type Cell, type Column, layOut } from './table.js';

/** The most sentences of a story that are printed. */
const SENTENCES_MAX = 12;

/** Describes a run: its story, its figures, its verdict, and the command that repeats it. */
export function describeRun(run: Run): string {
  const figures = figureRows(run);
  const width = Math.max(...figures.map(({ label }) => label.length));
  const rows = figures.map(({ label, value, isViolation }) => {
    const text = isViolation ? color('red', value) : value;
    return `  ${label.padEnd(width)}  ${text}`;
  });
  return [
    color('bold', run.title),
    describeSetting(run),
    describeProcesses(run),
    '',
    ...storyLines(run),
    '',
    ...rows,
    '',
    `${colorRuling(run.verdict.ruling)}: ${run.verdict.because}.`,
    '',
    `Run it again: ${run.command}`,
  ].join('\n');
}

/** A table of several runs. */
export function describeRuns(runs: readonly Run[]): string {
  const answers = runs[0]?.answers;
  return `${layOut(answers === undefined ? columns : columnsOfVerb(answers), runs)}\n`;
}

/** Describes a run that is part of a table: only its story. */
export const describeStory = (run: Run): string =>
  [
    color('bold', run.title),
    describeSetting(run),
    describeProcesses(run),
    '',
    ...storyLines(run),
  ].join('\n');

/** What the runs of a scenario show together. */
export function describeConclusion(scenario: Scenario, runs: readonly Run[]): string {
  const conclusion = conclusionOf(scenario, runs);
  if (conclusion === undefined) return '';
  const { compared, text } = conclusion;
  return ['', ...(compared === undefined ? [] : [describeCompared(compared)]), text, ''].join('\n');
}

/** Lists the rungs, the scenarios and the levels. */
export function describeCatalogue({ rungs, scenarios, levels }: LabCatalogue): string {
  return [
    'Rungs (--rung N):',
    ...rungs.map(
      ({ rung, title, shows, unavailable }) =>
        `  ${rung}  ${title}: ${shows}${unavailable === undefined ? '' : ` (unavailable: ${unavailable})`}`,
    ),
    '',
    'Scenarios (--scenario NAME):',
    ...scenarios.flatMap(({ name, title, teaches }) => [`  ${name}`, `      ${title}. ${teaches}`]),
    '',
    'Levels, which you step yourself (--level N):',
    ...levels.map(({ level, variant, title, goal }) => {
      const option = variant === undefined ? '' : ` (--variant ${variant})`;
      return `  ${level}  ${title}${option}: ${goal}`;
    }),
  ].join('\n');
}

/** Which process each letter of the story is. */
const describeProcesses = ({ lanes }: Run): string =>
  `processes ${lanes.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`;

function storyLines({ story }: Run): string[] {
  const lines = story.slice(0, SENTENCES_MAX).map(({ text }) => `  ${text}`);
  const more = story.length - lines.length;
  return more > 0 ? [...lines, `  … and ${count(more, 'sentence')} more`] : lines;
}

const amount = (number: number, wrong = false): Cell => ({
  text: number.toLocaleString('en'),
  ...(wrong ? { style: 'red' } : {}),
});

const figure = (head: string, of: (run: Run) => number, isWrong = false): Column<Run> => ({
  head,
  align: 'right',
  cell: (run) => amount(of(run), isWrong && of(run) > 0),
});

const rulingStyles = { holds: 'green', broken: 'red', inconclusive: 'yellow' } as const;

const titleColumn: Column<Run> = { head: '', align: 'left', cell: ({ title }) => title };

const verdictColumn: Column<Run> = {
  head: 'verdict',
  align: 'left',
  cell: ({ verdict: { ruling } }) => ({ text: ruling, style: rulingStyles[ruling] }),
};

const columns: readonly Column<Run>[] = [
  titleColumn,
  {
    head: 'told\n"sold"',
    align: 'right',
    cell: ({ figures }) => amount(figures.toldSold, figures.toldSold > figures.capacity),
  },
  figure('of', ({ figures }) => figures.capacity),
  {
    head: 'tickets\nleft',
    align: 'right',
    cell: ({ figures: { remaining, toldSold, capacity } }) =>
      amount(remaining, toldSold + remaining > capacity),
  },
  figure('over-\nsold', ({ figures }) => figures.oversold, true),
  figure('dupli-\ncates', ({ figures }) => figures.duplicates, true),
  figure('lost\nupdates', ({ figures }) => figures.lostUpdates, true),
  figure('batches', ({ figures }) => figures.batches),
  figure('buys/s', ({ figures }) => figures.buysPerSecond),
  {
    head: 'lock wait, ms\np50 / p99',
    align: 'right',
    cell: ({ figures: { lockWaitMs } }) =>
      lockWaitMs === undefined ? '–' : `${round(lockWaitMs.p50)} / ${round(lockWaitMs.p99)}`,
  },
  verdictColumn,
];

/** Of runs whose clients raced for another verb than buy: what they were told. */
const columnsOfVerb = (answers: NonNullable<Run['answers']>): Column<Run>[] => [
  titleColumn,
  ...answers.map(
    ({ name }, index): Column<Run> => ({
      head: name.replace(/ (?=\S+$)/, '\n'),
      align: 'right',
      cell: (run) => run.answers?.[index]?.value ?? '',
    }),
  ),
  figure('lost\nupdates', ({ figures }) => figures.lostUpdates, true),
  figure('batches', ({ figures }) => figures.batches),
  verdictColumn,
];

const round = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
