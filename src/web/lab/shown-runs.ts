import type { Run, Scenario } from '../../timeline/report.js';
import { fill, h } from '../dom.js';
import { withTerms } from './glossary.js';
import { type CardOptions, RunCard } from './run-card.js';
import type { FinishedExperiment } from './run-history.js';

/** The runs that are shown beside each other, each on a card, below the lesson of their scenario. */
export class ShownRuns {
  readonly element: HTMLElement;
  readonly #lesson = h('div', { class: 'lesson' });
  readonly #results = h('div', { class: 'results' });
  #cards: RunCard[] = [];
  /** The experiments of the cards. */
  #experiments: FinishedExperiment[] = [];

  constructor() {
    this.element = h('div', {}, this.#lesson, this.#results);
  }

  get count(): number {
    return this.#cards.length;
  }

  /** The ids of the experiments whose runs are shown. */
  get ids(): string[] {
    return this.#experiments.map(({ status }) => status.id);
  }

  /** Adds the cards of an experiment, and returns them. */
  add(
    experiment: FinishedExperiment,
    scenario: Scenario | undefined,
    optionsFor: (run: Run) => CardOptions,
  ): readonly RunCard[] {
    const cards = experiment.status.runs.map((run) => new RunCard(run, optionsFor(run)));
    this.#experiments.push(experiment);
    this.#cards.push(...cards);
    this.#results.append(...cards.map(({ element }) => element));
    this.#showCount();
    if (!experiment.beside) this.#showLesson(scenario);
    return cards;
  }

  /** Removes all cards but that of a run. */
  keepOnly(run: Run): void {
    for (const card of this.#cards) {
      if (card.run === run) continue;
      card.close();
      card.element.remove();
    }
    this.#cards = this.#cards.filter((card) => card.run === run);
    this.#experiments = this.#experiments.filter(({ status }) => status.runs.includes(run));
    this.#showCount();
  }

  clear(): void {
    for (const card of this.#cards) card.close();
    this.#cards = [];
    this.#experiments = [];
    fill(this.#lesson);
    fill(this.#results);
  }

  #showCount(): void {
    this.#results.dataset.cards = String(this.#cards.length);
  }

  #showLesson(scenario: Scenario | undefined): void {
    if (scenario === undefined) return;
    fill(this.#lesson, h('h2', {}, scenario.title), h('p', {}, ...withTerms(scenario.teaches)));
  }
}
