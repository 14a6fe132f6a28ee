import { number } from '../../timeline/format.js';
import type { Rung } from '../../timeline/lab-catalogue.js';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { Run } from '../../timeline/report.js';
import { describeThumbnail, drawThumbnail } from '../../timeline/thumbnail.js';
import { createSvg, fill, h } from '../dom.js';
import { describeUnavailable } from './chooser.js';
import { type Score, Scores, scoreOf } from './scores.js';

const text = {
  title: 'The ladder',
  about:
    'Each rung changes one thing. Your results stay beside it, with a picture of when each process was between read and write.',
  runAll: 'Run all',
};

const expectations = { holds: 'holds', broken: 'breaks', inconclusive: 'proves nothing' };
const rulings = { holds: 'Holds', broken: 'Broken', inconclusive: 'Inconclusive' };

export interface LadderListener {
  readonly onChoose: (request: LabRequest) => void;
  readonly onRunAll: () => void;
}

/** The rungs of the ladder, each with the result of its last run. */
export class LadderBoard {
  readonly element: HTMLElement;
  readonly #rungs: readonly Rung[];
  readonly #scores = new Scores();
  readonly #places = new Map<number, HTMLElement>();

  constructor(rungs: readonly Rung[], { onChoose, onRunAll }: LadderListener) {
    this.#rungs = rungs;
    this.element = h(
      'div',
      { class: 'ladder' },
      h('h3', { tabindex: -1 }, text.title),
      h(
        'p',
        { class: 'note' },
        text.about,
        ' ',
        h('button', { type: 'button', class: 'quiet run-all', click: onRunAll }, text.runAll),
      ),
      h('ol', {}, ...rungs.map((rung) => this.#item(rung, onChoose))),
    );
    for (const { rung } of rungs) this.#show(rung, this.#scores.of(rung));
  }

  /** Keeps the result of a run of a rung, unless it had other buyers or tickets than the rung has. */
  record(run: Run): void {
    const score = scoreOf(run, this.#rungs);
    if (score === undefined) return;
    this.#scores.set(score);
    this.#show(score.rung, score);
  }

  /** Moves the focus to the results. */
  focus(): void {
    this.element.querySelector('h3')?.focus();
    this.element.scrollIntoView({ block: 'start' });
  }

  #item({ rung, title, shows, expect, unavailable }: Rung, onChoose: LadderListener['onChoose']) {
    const disabled = unavailable !== undefined;
    const score = h('span', { class: 'score' });
    this.#places.set(rung, score);
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: disabled ? 'choice unavailable' : 'choice',
          disabled,
          click: () => onChoose({ rung }),
        },
        h('span', { class: 'rung-number' }, rung),
        h('span', { class: 'choice-title' }, title),
        h('span', { class: `expect ${expect}` }, expectations[expect]),
        h('span', { class: 'choice-about' }, shows),
        disabled && h('span', { class: 'choice-about' }, describeUnavailable(unavailable)),
        score,
      ),
    );
  }

  #show(rung: number, score: Score | undefined): void {
    const place = this.#places.get(rung);
    if (place === undefined || score === undefined) return;
    const { ruling, sold, capacity, salesPerSecond, thumbnail } = score;
    place.dataset.ruling = ruling;
    fill(
      place,
      h('strong', {}, rulings[ruling]),
      h('span', {}, `${number(sold)} sold of ${number(capacity)}`),
      h('span', {}, `${number(salesPerSecond)} sales per second`),
      thumbnail &&
        createSvg(
          drawThumbnail(thumbnail, { role: 'img', 'aria-label': describeThumbnail(thumbnail) }),
        ),
    );
  }
}
