import { type Conclusion, conclusionOf } from '../../timeline/conclusion.js';
import type { Scenario } from '../../timeline/lab-catalogue.js';
import type { Run } from '../../timeline/report.js';
import { fill, h } from '../dom.js';
import { withTerms } from './glossary.js';
import { type CardOptions, RunCard } from './run-card.js';
import type { FinishedExperiment } from './run-history.js';

const text = { conclusion: 'What the runs show' };

/**
 * The runs that are shown beside each other, each on a card. The lesson of their scenario stands above
 * them, and its conclusion below.
 */
export class ShownRuns {
  readonly element: HTMLElement;
  readonly #lesson = h('div', { class: 'lesson' });
  readonly #results = h('div', { class: 'results' });
  readonly #conclusion = h('div', { class: 'conclusion' });
  #cards: RunCard[] = [];
  /** The experiments of the cards. */
  #experiments: FinishedExperiment[] = [];

  constructor() {
    this.element = h('div', {}, this.#lesson, this.#results, this.#conclusion);
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
    if (!experiment.beside) this.#showScenario(scenario, experiment.status.runs);
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
    fill(this.#conclusion); // it is about all runs of a scenario
    this.#showCount();
  }

  /** Removes all runs, and what was said about them. */
  clear(): void {
    for (const card of this.#cards) card.close();
    this.#cards = [];
    this.#experiments = [];
    fill(this.#lesson);
    fill(this.#results);
    fill(this.#conclusion);
  }

  #showCount(): void {
    this.#results.dataset.cards = String(this.#cards.length);
  }

  #showScenario(scenario: Scenario | undefined, runs: readonly Run[]): void {
    if (scenario === undefined) return;
    fill(this.#lesson, h('h2', {}, scenario.title), h('p', {}, ...withTerms(scenario.teaches)));
    const conclusion = conclusionOf(scenario, runs);
    if (conclusion === undefined) return;
    fill(
      this.#conclusion,
      h('h2', {}, text.conclusion),
      conclusion.compared && comparedFigures(conclusion.compared),
      h('p', {}, ...withTerms(conclusion.text)),
    );
  }
}

/** The figure of each run; none is broken over two lines. */
const comparedFigures = ({ label, values }: NonNullable<Conclusion['compared']>): HTMLElement =>
  h(
    'p',
    { class: 'compared' },
    `${label}: `,
    ...values.flatMap((value, index) => [index > 0 && ' · ', h('span', {}, value)]),
  );
