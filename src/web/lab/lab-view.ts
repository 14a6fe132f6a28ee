import type { LabCatalogue, LabRequest, LabStatus, Run, Rung } from '../../timeline/report.js';
import { get, RefusedError } from '../api.js';
import { fill, h } from '../dom.js';
import type { Stage, View } from '../view.js';
import { words } from '../words.js';
import { chooser } from './chooser.js';
import { helpDialog } from './help-dialog.js';
import { idea } from './idea.js';
import { Experiment } from './lab-api.js';
import { addressOf, onRung, requestOf, rungAbove } from './request.js';
import { RunCard } from './run-card.js';

const text = words.lab;

/** What one click on the front page runs. */
const breakIt: LabRequest = { rung: 1 };

/** The experiments. */
export const labView: View = (stage) => {
  const lab = new Lab(stage);
  return () => lab.close();
};

class Lab {
  readonly #stage: Stage;
  readonly #guess = h('input', {
    id: 'guess',
    type: 'number',
    min: 0,
    max: 50_000,
    inputmode: 'numeric',
    placeholder: text.predictHint,
  });
  readonly #breakIt = h(
    'button',
    { type: 'button', class: 'break', click: () => this.#choose(breakIt) },
    text.breakIt,
  );
  readonly #with = h('span', { class: 'with' });
  readonly #progress = h('div', { class: 'progress', role: 'status' });
  readonly #results = h('div', { class: 'results' });
  readonly #actions = h('div', { class: 'actions' });
  readonly #choices = h('div');
  readonly #help = helpDialog();
  #catalogue: LabCatalogue | undefined;
  #cards: RunCard[] = [];
  #experiment: Experiment | undefined;
  #closed = false;

  constructor(stage: Stage) {
    this.#stage = stage;
    stage.root.append(
      h(
        'header',
        { class: 'heading hero' },
        h(
          'div',
          {},
          h('h1', { tabindex: -1 }, text.title),
          h('p', { class: 'lead' }, text.lead),
          h(
            'div',
            { class: 'start' },
            h('p', { class: 'predict' }, h('label', { for: 'guess' }, text.predict), this.#guess),
            h('p', {}, this.#breakIt, this.#with),
          ),
        ),
        idea(),
      ),
      this.#progress,
      this.#results,
      this.#actions,
      this.#choices,
      this.#help,
    );
    void this.#begin();
  }

  close(): void {
    this.#closed = true;
    void this.#experiment?.stop();
    this.#clear();
  }

  async #begin(): Promise<void> {
    try {
      this.#catalogue = await get<LabCatalogue>('/lab/scenarios');
    } catch (error) {
      this.#breakIt.disabled = true;
      this.#guess.disabled = true;
      const off = error instanceof RefusedError && error.status === 404;
      const why = off ? text.notHere : (error as Error).message;
      fill(this.#progress, h('p', { class: 'trouble' }, text.off(why)));
      return;
    }
    if (this.#closed) return;
    const { rungs, defaults } = this.#catalogue;
    const setting = rungs[0]?.setting ?? defaults;
    fill(this.#with, text.breakItWith(setting.buyers, setting.capacity));
    fill(
      this.#choices,
      chooser(this.#catalogue, (request) => this.#choose(request)),
    );

    const { query } = this.#stage;
    const request = requestOf(query);
    if (request === undefined) return;
    const [first] = await this.#run(request, false);
    const then = Number(query.get('then'));
    if (then > 0 && first !== undefined) await this.#runBeside(request, then, first);
  }

  #choose(request: LabRequest): void {
    history.replaceState(null, '', addressOf(request, undefined));
    void this.#run(request, false);
  }

  /** The same crowd on the next rung, beside the run that is shown. */
  async #runBeside(request: LabRequest, rung: number, beside: Run): Promise<void> {
    history.replaceState(null, '', addressOf(request, rung));
    await this.#run(onRung(rung, beside.setting), true);
  }

  /** Runs what was asked for and shows it, beside what is shown or in its place. */
  async #run(request: LabRequest, beside: boolean): Promise<readonly Run[]> {
    if (this.#experiment !== undefined) return [];
    const guess = beside || this.#guess.value === '' ? undefined : this.#guess.valueAsNumber;
    const experiment = new Experiment();
    this.#experiment = experiment;
    if (!beside) this.#clear();
    fill(this.#actions);
    this.#setBusy(true);
    try {
      const status = await experiment.run(request, (now) => this.#showProgress(now));
      if (this.#closed) return [];
      if (status === undefined) this.#tell(text.stopped);
      else return this.#showEnd(status, request, beside, guess);
    } catch (error) {
      const busy = error instanceof RefusedError && error.status === 503;
      if (!this.#closed) this.#tell(busy ? text.busy : text.failed((error as Error).message));
    } finally {
      this.#experiment = undefined;
      this.#setBusy(false);
    }
    return [];
  }

  #setBusy(busy: boolean): void {
    this.#breakIt.disabled = busy;
    for (const button of this.#choices.querySelectorAll<HTMLButtonElement>(
      'button:not(.missing)',
    )) {
      button.disabled = busy;
    }
    this.#stage.root.classList.toggle('running', busy);
  }

  #showProgress({ progress, state }: LabStatus): void {
    if (state !== 'running' || this.#closed) return;
    const { phase, run, runs, title } = progress;
    const phases = Object.keys(text.phases) as (keyof typeof text.phases)[];
    const line = `${runs > 1 ? text.ofRuns(run, runs) : ''}${text.phases[phase]}`;
    if (this.#progress.dataset.line === `${title}${line}`) return; // said once
    this.#progress.dataset.line = `${title}${line}`;
    fill(
      this.#progress,
      h('p', { class: 'progress-title' }, title),
      h('progress', {
        max: runs * phases.length,
        value: (run - 1) * phases.length + phases.indexOf(phase) + 0.5,
        'aria-label': title,
      }),
      h('p', {}, line),
      h(
        'button',
        { type: 'button', class: 'quiet', click: () => void this.#experiment?.stop() },
        text.stop,
      ),
    );
  }

  #showEnd(
    { state, runs, failure = '' }: LabStatus,
    request: LabRequest,
    beside: boolean,
    guess: number | undefined,
  ): readonly Run[] {
    if (state === 'failed') this.#tell(text.failed(failure));
    else if (state === 'stopped') this.#tell(text.stopped);
    else this.#tell(undefined);
    const { say } = this.#stage;
    const onHelp = () => this.#help.showModal();
    const cards = runs.map((run) => new RunCard(run, { guess, onHelp, say }));
    this.#cards.push(...cards);
    this.#results.append(...cards.map(({ element }) => element));
    this.#results.dataset.cards = String(this.#cards.length);
    const last = runs.at(-1);
    const [first] = cards;
    if (last !== undefined) this.#offerMore(last, request, beside);
    // What came of it, for those who hear it and for those who see it.
    first?.title.focus({ preventScroll: true });
    first?.element.scrollIntoView({ block: 'start' });
    return runs;
  }

  #offerMore(run: Run, request: LabRequest, beside: boolean): void {
    const above = this.#catalogue && rungAbove(this.#catalogue, run.setting);
    const isOne = this.#cards.length === 1 || beside;
    fill(
      this.#actions,
      isOne &&
        above !== undefined &&
        above.unavailable === undefined &&
        h(
          'button',
          { type: 'button', click: () => this.#oneUp(run, above.rung, request) },
          text.oneUp,
        ),
      h(
        'button',
        { type: 'button', class: 'quiet', click: () => this.#choose(request) },
        text.again,
      ),
      h('a', { href: location.hash, title: text.linkNote }, text.link),
      isOne && h('span', { class: 'note' }, this.#nextAfter(run, above)),
    );
  }

  #nextAfter({ rung }: Run, above: Rung | undefined): string {
    if (above !== undefined) {
      const next = text.oneUpTo(`${text.rung(above.rung)}, ${above.title}`);
      const { unavailable } = above;
      return unavailable === undefined ? next : `${next}. ${text.unavailable(unavailable)}`;
    }
    return rung === undefined ? '' : text.top;
  }

  /** Of two that are shown the higher one stays, and goes to the left. */
  #oneUp(run: Run, rung: number, request: LabRequest): void {
    while (this.#cards.length > 1) {
      const card = this.#cards.shift();
      card?.close();
      card?.element.remove();
    }
    const from = run.rung === undefined ? request : onRung(run.rung, run.setting);
    void this.#runBeside(from, rung, run);
  }

  #tell(line: string | undefined): void {
    delete this.#progress.dataset.line;
    fill(this.#progress, line === undefined ? undefined : h('p', { class: 'trouble' }, line));
  }

  #clear(): void {
    for (const card of this.#cards) card.close();
    this.#cards = [];
    fill(this.#results);
  }
}
