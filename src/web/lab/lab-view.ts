import { number } from '../../timeline/format.js';
import type { LabCatalogue, LabRequest, LabStatus, Run } from '../../timeline/report.js';
import { fetchJson, HttpError, isTemporary } from '../api.js';
import { Backoff } from '../backoff.js';
import { fill, h } from '../dom.js';
import type { View, ViewContext } from '../view.js';
import { chooser } from './chooser.js';
import { Experiment } from './experiment.js';
import { fixesFor } from './fixes.js';
import { withTerms } from './glossary.js';
import { helpDialog } from './help-dialog.js';
import { HistoryList } from './history-list.js';
import { LadderBoard } from './ladder-board.js';
import { ProgressPanel } from './progress-panel.js';
import {
  addressFor,
  idsFromQuery,
  requestFromQuery,
  requestOnRung,
  rungAbove,
} from './request-url.js';
import { runActions } from './run-actions.js';
import { RunCard } from './run-card.js';
import { type FinishedExperiment, RunHistory } from './run-history.js';
import { sketch } from './sketch.js';

const text = {
  title: 'Two processes sell one ticket twice. See how.',
  lead: 'Every run here is real: this machine starts processes that share one file or one database, and only the lock that you choose keeps them apart.',
  breakIt: 'Break it',
  guess: 'Predict first: how many buyers will be told “sold”?',
  guessHint: 'Your guess (optional)',
  stopped: 'Stopped.',
  allRun: 'All rungs were run. Their results are on the ladder.',
  labOff: 'Experiments are switched off here. Start with LAB=on to allow them.',
  busy: 'Another experiment is running, and there is room for only one. Try again in a moment.',
};

/** What one click on the front page runs. */
const breakIt: LabRequest = { rung: 1 };

/** The runs of this browser, whichever view is open. */
const runHistory = new RunHistory();

/** Puts an address into the browser's history: Back leads to the run before. */
function showAddress(address: string): void {
  if (location.hash !== address) history.pushState(null, '', address);
}

/** The experiments: run one, see its timeline, compare it with another. */
export const labView: View = (context) => {
  const lab = new Lab(context);
  return () => lab.close();
};

class Lab {
  readonly #context: ViewContext;
  readonly #guess = h('input', {
    id: 'guess',
    type: 'number',
    min: 0,
    max: 50_000,
    inputmode: 'numeric',
    placeholder: text.guessHint,
  });
  readonly #breakIt = h(
    'button',
    { type: 'button', class: 'break', click: () => this.#choose(breakIt) },
    text.breakIt,
  );
  readonly #setting = h('span', { class: 'setting' });
  readonly #progress = new ProgressPanel(() => void this.#experiment?.stop());
  readonly #lesson = h('div', { class: 'lesson' });
  readonly #results = h('div', { class: 'results' });
  readonly #actions = h('div', { class: 'actions' });
  readonly #choices = h('div');
  readonly #help = helpDialog();
  readonly #kept = new HistoryList(runHistory);
  #catalogue: LabCatalogue | undefined;
  #ladder: LadderBoard | undefined;
  #cards: RunCard[] = [];
  /** The experiments of the cards. */
  #shown: FinishedExperiment[] = [];
  #experiment: Experiment | undefined;
  readonly #backoff = new Backoff();
  #closed = false;

  constructor(context: ViewContext) {
    this.#context = context;
    context.root.append(
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
            h('p', { class: 'prediction' }, h('label', { for: 'guess' }, text.guess), this.#guess),
            h('p', {}, this.#breakIt, this.#setting),
          ),
        ),
        sketch(),
      ),
      this.#progress.element,
      this.#lesson,
      this.#results,
      this.#actions,
      this.#choices,
      this.#help,
    );
    void this.#load();
  }

  close(): void {
    this.#closed = true;
    this.#backoff.cancel();
    void this.#experiment?.stop();
    this.#clear();
  }

  async #load(): Promise<void> {
    try {
      this.#catalogue = await fetchJson<LabCatalogue>('/lab/scenarios');
    } catch (error) {
      if (this.#closed) return;
      this.#setUsable(false);
      const isOff = error instanceof HttpError && error.status === 404;
      this.#showMessage(isOff ? text.labOff : (error as Error).message);
      if (isTemporary(error)) this.#backoff.retry(() => void this.#load());
      return;
    }
    if (this.#closed) return;
    if (this.#experiment === undefined) this.#setUsable(true);
    const { query } = this.#context;
    const request = requestFromQuery(query);
    const { rungs, defaults } = this.#catalogue;
    const setting = rungs[0]?.setting ?? defaults;
    const { buyers, capacity } = setting;
    fill(this.#setting, `${number(buyers)} buyers, ${number(capacity)} tickets, no lock.`);
    const onChoose = (chosen: LabRequest) => this.#choose(chosen);
    this.#ladder = new LadderBoard(rungs, { onChoose, onRunAll: () => void this.#runAll() });
    fill(
      this.#choices,
      chooser({
        catalogue: this.#catalogue,
        ladder: this.#ladder.element,
        kept: this.#kept.element,
        shown: request,
        onChoose,
      }),
    );

    if (request === undefined) return;
    if (await this.#showKept(idsFromQuery(query))) return;
    const [first] = await this.#run(request, undefined);
    const then = Number(query.get('then'));
    if (then > 0 && first !== undefined) await this.#runBeside(request, then, first);
  }

  /** Shows experiments that this browser keeps. Returns whether it has all of them. */
  async #showKept(ids: readonly string[]): Promise<boolean> {
    const found = await Promise.all(ids.map((id) => runHistory.find(id)));
    const kept = found.filter((each) => each !== undefined);
    if (this.#closed || kept.length === 0 || kept.length < ids.length) return false;
    for (const experiment of kept) this.#showEnd(experiment);
    return true;
  }

  #setUsable(isUsable: boolean): void {
    this.#breakIt.disabled = !isUsable;
    this.#guess.disabled = !isUsable;
    if (isUsable) this.#progress.showMessage(undefined);
  }

  #choose(request: LabRequest): void {
    showAddress(addressFor(request, undefined));
    void this.#run(request, undefined);
  }

  /** Runs the same buyers on another rung, beside the run that is shown. */
  async #runBeside(request: LabRequest, rung: number, beside: Run): Promise<void> {
    showAddress(addressFor(request, rung));
    await this.#run(requestOnRung(rung, beside.setting), { request, rung });
  }

  /** Runs every rung, and shows the results on the ladder. */
  async #runAll(): Promise<void> {
    let recorded = 0;
    const status = await this.#follow({ ladder: true }, ({ runs }) => {
      for (const run of runs.slice(recorded)) this.#ladder?.record(run);
      recorded = runs.length;
    });
    if (this.#closed || status === undefined) return;
    const { state, failure } = status;
    if (state === 'failed') this.#showMessage(describeFailure(failure));
    else this.#progress.showMessage(state === 'stopped' ? text.stopped : text.allRun, 'note');
    this.#ladder?.focus();
  }

  /**
   * Runs a request and shows it.
   *
   * @param beside the request and the rung of the address, if it is shown beside the card that is
   *   there, not in its place
   */
  async #run(
    request: LabRequest,
    beside: { readonly request: LabRequest; readonly rung: number } | undefined,
  ): Promise<readonly Run[]> {
    const isBeside = beside !== undefined;
    const guess = isBeside || this.#guess.value === '' ? undefined : this.#guess.valueAsNumber;
    if (this.#experiment === undefined && !isBeside) this.#clear();
    const status = await this.#follow(request, () => {});
    if (this.#closed || status === undefined) return [];
    const experiment = { status, request, beside: isBeside, guess };
    const ids = [...this.#shown.map((shown) => shown.status.id), status.id];
    const address = addressFor(beside?.request ?? request, beside?.rung, ids);
    if (status.state === 'done') {
      history.replaceState(null, '', address);
      void runHistory.keep(experiment, address).then(() => this.#kept.update());
    }
    const cards = this.#showEnd(experiment);
    // Screen readers read the title; sighted users see the card.
    cards[0]?.title.focus({ preventScroll: true });
    cards[0]?.element.scrollIntoView({ block: 'start' });
    return status.runs;
  }

  /** Runs a request, with its progress. Returns its final status; `undefined` if it has none. */
  async #follow(
    request: LabRequest,
    onProgress: (status: LabStatus) => void,
  ): Promise<LabStatus | undefined> {
    if (this.#experiment !== undefined) return undefined;
    const experiment = new Experiment();
    this.#experiment = experiment;
    fill(this.#actions);
    this.#progress.begin();
    this.#setBusy(true);
    try {
      const status = await experiment.run(request, (current) => {
        if (this.#closed) return;
        if (current.state === 'running') this.#progress.show(current.progress);
        onProgress(current);
      });
      if (status === undefined && !this.#closed) {
        this.#progress.showMessage(text.stopped, 'note');
      }
      return status;
    } catch (error) {
      const isBusy = error instanceof HttpError && error.status === 503;
      if (!this.#closed) this.#showMessage(isBusy ? text.busy : (error as Error).message);
      return undefined;
    } finally {
      this.#experiment = undefined;
      this.#setBusy(false);
    }
  }

  #setBusy(busy: boolean): void {
    this.#breakIt.disabled = busy;
    for (const button of this.#choices.querySelectorAll<HTMLButtonElement>(
      'button:not(.unavailable)',
    )) {
      button.disabled = busy;
    }
    this.#context.root.classList.toggle('running', busy);
  }

  /** Adds the cards of an experiment, and returns them. */
  #showEnd(experiment: FinishedExperiment): readonly RunCard[] {
    const { status, request, beside, guess } = experiment;
    const { state, runs, failure } = status;
    if (state === 'failed') this.#showMessage(describeFailure(failure));
    else this.#showMessage(state === 'stopped' ? text.stopped : undefined);
    const { announce } = this.#context;
    const onHelp = () => this.#help.showModal();
    const cards = runs.map((run) => {
      const fixes = fixesFor(run, this.#catalogue);
      const onFix = (rung: number) => this.#showBeside(run, rung, request);
      const scenario = this.#catalogue?.scenarios.find(({ name }) => name === run.scenario);
      this.#ladder?.record(run);
      return new RunCard(run, { guess, fixes, onFix, scenario, onHelp, announce });
    });
    this.#shown = [...this.#shown, experiment];
    this.#cards.push(...cards);
    this.#results.append(...cards.map(({ element }) => element));
    this.#results.dataset.cards = String(this.#cards.length);
    const last = runs.at(-1);
    if (last !== undefined) this.#showActions(last, request, beside);
    if (!beside) this.#showLesson(request);
    return cards;
  }

  /** The lesson of a scenario stands above its runs. */
  #showLesson({ scenario: name }: LabRequest): void {
    const scenario = this.#catalogue?.scenarios.find((each) => each.name === name);
    if (scenario === undefined) fill(this.#lesson);
    else {
      fill(this.#lesson, h('h2', {}, scenario.title), h('p', {}, ...withTerms(scenario.teaches)));
    }
  }

  #showActions(run: Run, request: LabRequest, beside: boolean): void {
    fill(
      this.#actions,
      ...runActions({
        run,
        request,
        above: this.#catalogue && rungAbove(this.#catalogue, run.setting),
        isComparable: this.#cards.length === 1 || beside,
        onOneUp: (rung) => this.#showBeside(run, rung, request),
        onAgain: () => this.#choose(request),
      }),
    );
  }

  /** Of several cards only that of a run stays; the same buyers on another rung appear beside it. */
  #showBeside(run: Run, rung: number, request: LabRequest): void {
    if (this.#experiment !== undefined) return;
    for (const card of this.#cards) {
      if (card.run === run) continue;
      card.close();
      card.element.remove();
    }
    this.#cards = this.#cards.filter((card) => card.run === run);
    this.#results.dataset.cards = String(this.#cards.length);
    this.#shown = this.#shown
      .filter(({ status }) => status.runs.includes(run))
      .map((shown) => ({ ...shown, status: { ...shown.status, runs: [run] } }));
    const from = run.rung === undefined ? request : requestOnRung(run.rung, run.setting);
    void this.#runBeside(from, rung, run);
  }

  #showMessage(line: string | undefined): void {
    this.#progress.showMessage(line);
  }

  #clear(): void {
    for (const card of this.#cards) card.close();
    this.#cards = [];
    this.#shown = [];
    fill(this.#lesson);
    fill(this.#results);
  }
}

const describeFailure = (failure = ''): string => `The run failed: ${failure}`;
