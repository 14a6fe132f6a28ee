import { type FigureRow, figureRows } from '../../timeline/figure-rows.js';
import { number } from '../../timeline/format.js';
import { findHighlightedPair } from '../../timeline/highlighted-pair.js';
import type { Scenario } from '../../timeline/lab-catalogue.js';
import type { Lane, Run } from '../../timeline/report.js';
import { isServed } from '../../timeline/verbs.js';
import { fill, h } from '../dom.js';
import { batchTables } from './batch-tables.js';
import type { Format } from './download-run.js';
import type { Fix } from './fixes.js';
import { withTerms } from './glossary.js';
import { Legend } from './legend.js';
import { RunStory } from './run-story.js';
import { RunTimeline } from './run-timeline.js';
import { SaleCodePanel } from './sale-code-panel.js';
import { stepPanel } from './step-panel.js';

const rulings = { holds: 'Holds', broken: 'Broken', inconclusive: 'Inconclusive' };

const text = { why: 'See why', download: 'Download this run as' };

const formats: readonly [Format, string][] = [
  ['html', 'HTML'],
  ['trace', 'trace'],
  ['json', 'JSON'],
];

/** The figures at the top of a card; the others are below, in a list to open. */
const mainFigures: readonly FigureRow['name'][] = [
  'answers',
  'toldSold',
  'capacity',
  'lostUpdates',
  'buysPerSecond',
];

export interface CardOptions {
  /** The user's guess, if there is one. */
  readonly guess: number | undefined;
  /** What to try next. */
  readonly fixes: readonly Fix[];
  readonly onFix: (rung: number) => void;
  /** The scenario that it is a run of. */
  readonly scenario: Scenario | undefined;
  readonly onHelp: () => void;
  readonly announce: (text: string) => void;
}

let cards = 0;

/** A finished run: verdict, timeline, story, figures and tables. */
export class RunCard {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  readonly #timeline: RunTimeline;

  readonly run: Run;

  constructor(run: Run, { guess, fixes, onFix, scenario, onHelp, announce }: CardOptions) {
    this.run = run;
    const id = `run-card-${++cards}`;
    const { ruling, because } = run.verdict;
    const panel = h('div', { class: 'step-panel' });
    fill(panel, stepPanel(undefined, ''));
    const figures = figureRows(run);
    const legend = new Legend(run, 'simple');
    const story = new RunStory(run, (batchId, at) => this.#timeline.show(batchId, at));
    const hasCode = run.setting.store === 'json' && isServed(run.verb);
    const code = hasCode ? new SaleCodePanel() : undefined;
    const followed = lanesOfPair(run);
    this.#timeline = new RunTimeline(run, {
      onHelp,
      announce,
      onStep: (step, name) => fill(panel, stepPanel(step, name)),
      onMoment: (at) => {
        story.showMoment(at);
        code?.show(at, followed);
      },
      onDetail: (detail) => legend.show(detail),
    });
    this.title = h('h2', { id, tabindex: -1 }, run.title);
    this.element = h(
      'section',
      { class: `card ${ruling}`, 'aria-labelledby': id },
      this.title,
      h('p', { class: 'ruling' }, h('strong', {}, `${rulings[ruling]}.`), ` ${because}.`),
      fixes.length > 0 &&
        h(
          'div',
          { class: 'path' },
          h(
            'button',
            { type: 'button', class: 'quiet', click: () => this.#timeline.play() },
            text.why,
          ),
          ...fixes.map(({ label, rung }, index) =>
            h(
              'button',
              { type: 'button', class: index === 0 ? 'fix' : 'quiet', click: () => onFix(rung) },
              label,
            ),
          ),
        ),
      guess === undefined
        ? undefined
        : h('p', { class: 'guess' }, describeGuess(guess, run.figures.toldSold)),
      figureList(
        figures.filter(({ name }) => mainFigures.includes(name)),
        'main',
      ),
      h(
        'div',
        { class: 'timeline-and-story' },
        h('figure', {}, this.#timeline.element, legend.element, panel),
        h('div', {}, story.element, code?.element),
      ),
      batchTables(run),
      h('details', {}, h('summary', {}, 'All figures'), figureList(figures, 'all')),
      downloads(run, scenario),
      h('p', { class: 'command' }, h('span', {}, 'In a terminal: '), h('code', {}, run.command)),
    );
  }

  close(): void {
    this.#timeline.close();
  }
}

/** The run as a file, as the command writes it. */
function downloads(run: Run, scenario: Scenario | undefined): HTMLElement {
  const save = async (format: Format) =>
    (await import('./download-run.js')).download(run, format, scenario);
  return h(
    'p',
    { class: 'downloads' },
    h('span', {}, text.download),
    ...formats.map(([format, label]) =>
      h('button', { type: 'button', class: 'quiet', click: () => void save(format) }, label),
    ),
  );
}

/** The lanes of the two processes that the story is about, each with its batch alone. */
function lanesOfPair(run: Run): Lane[] {
  const pair = findHighlightedPair(run);
  if (pair === undefined) return [];
  const sides = [pair.first, pair.second].map(({ lane, batch }) => ({ ...lane, batches: [batch] }));
  return sides.toSorted((a, b) => a.name.localeCompare(b.name));
}

const figureList = (figures: readonly FigureRow[], kind: 'main' | 'all'): HTMLElement =>
  h(
    'dl',
    { class: `figures ${kind}` },
    ...figures.map(({ name, label, value, isViolation }) =>
      h(
        'div',
        { class: `figure-${name}${isViolation ? ' violation' : ''}` },
        h('dt', {}, ...withTerms(label)),
        h('dd', {}, value),
      ),
    ),
  );

function describeGuess(guess: number, actual: number): string {
  const start = `Your guess was ${number(guess)}.`;
  return guess === actual ? `${start} Correct!` : `${start} The answer is ${number(actual)}.`;
}
