import type { Figures, Run, Sentence } from '../../timeline/report.js';
import { fill, h } from '../dom.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { batchTables } from './batch-tables.js';
import { legend } from './legend.js';
import { RunPicture } from './run-picture.js';
import { stepPanel } from './step-panel.js';

const text = words.lab;

export interface CardHooks {
  /** What was predicted, if anything was. */
  readonly guess: number | undefined;
  readonly onHelp: () => void;
  readonly say: (text: string) => void;
}

let cards = 0;

/** A finished run: the verdict, the swim lanes, the story, the figures and the tables. */
export class RunCard {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  readonly #picture: RunPicture;

  constructor(run: Run, { guess, onHelp, say }: CardHooks) {
    const id = `run-card-${++cards}`;
    const { ruling, because } = run.verdict;
    const panel = h('div', { class: 'step-panel' });
    fill(panel, stepPanel(undefined, ''));
    this.#picture = new RunPicture(run, {
      onHelp,
      say,
      onStep: (step, name) => fill(panel, stepPanel(step, name)),
    });
    this.title = h('h2', { id, tabindex: -1 }, run.title);
    this.element = h(
      'section',
      { class: `card ${ruling}`, 'aria-labelledby': id },
      this.title,
      h('p', { class: 'ruling' }, h('strong', {}, `${text.rulings[ruling]}.`), ` ${because}.`),
      guess === undefined
        ? undefined
        : h('p', { class: 'guess' }, text.predicted(guess, run.figures.toldSold)),
      figuresOf(run.figures, ['toldSold', 'capacity', 'lostUpdates', 'buysPerSecond'], 'main'),
      h(
        'div',
        { class: 'seen' },
        h('figure', {}, this.#picture.element, panel, legend(run)),
        storyOf(run.story, (batchId, at) => this.#picture.show(batchId, at)),
      ),
      batchTables(run),
      h('details', {}, h('summary', {}, words.lab.moreFigures), moreFigures(run.figures)),
      h('p', { class: 'command' }, h('span', {}, `${text.command}: `), h('code', {}, run.command)),
    );
  }

  close(): void {
    this.#picture.close();
  }
}

/** Each sentence leads to its moment in the picture. */
function storyOf(
  story: readonly Sentence[],
  onShow: (batchId: string, at: number) => void,
): HTMLElement {
  return h(
    'div',
    { class: 'story' },
    h('h3', {}, text.story),
    h(
      'ol',
      {},
      ...story.map(({ text: words, at, batchId }) => {
        const results = `${words.replaceAll(' ms', '\u00a0ms')}.`; // a number keeps its unit
        const show = () => batchId !== undefined && onShow(batchId, at);
        return h(
          'li',
          {},
          batchId === undefined
            ? h('p', {}, results)
            : h('button', { type: 'button', click: show }, results),
        );
      }),
    ),
  );
}

type FigureName = keyof typeof text.figures;

function figuresOf(figures: Figures, names: readonly FigureName[], kind: string): HTMLElement {
  const each = names.map((name) =>
    h(
      'div',
      { class: `figure-${name}` },
      h('dt', {}, text.figures[name]),
      h('dd', {}, number(Math.round(figures[name]))),
    ),
  );
  return h('dl', { class: `figures ${kind}` }, ...each);
}

function moreFigures(figures: Figures): HTMLElement {
  const all = Object.keys(text.figures) as FigureName[];
  const list = figuresOf(figures, all, 'more');
  const { lockWaitMs } = figures;
  if (lockWaitMs !== undefined) {
    const { p50, p99 } = lockWaitMs;
    list.append(h('div', {}, h('dt', {}, text.lockWait), h('dd', {}, text.lockWaitIs(p50, p99))));
  }
  return list;
}
