import { number } from '../../timeline/format.js';
import type { LabCatalogue } from '../../timeline/lab-catalogue.js';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { LabStatus } from '../../timeline/lab-status.js';
import type { Run } from '../../timeline/report.js';
import { fetchJson, isTemporary } from '../api.js';
import { Backoff } from '../backoff.js';
import { fill, h } from '../dom.js';
import type { View, ViewContext } from '../view.js';
import { chooser } from './chooser.js';
import { Experiment } from './experiment.js';
import { fixesFor } from './fixes.js';
import { helpDialog } from './help-dialog.js';
import { Hero } from './hero.js';
import { HistoryList } from './history-list.js';
import { describeLabError } from './lab-errors.js';
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
import type { RunCard } from './run-card.js';
import { type FinishedExperiment, RunHistory } from './run-history.js';
import { ShownRuns } from './shown-runs.js';

const text = {
  stopped: 'Stopped.',
  allRun: 'All rungs were run. Their results are on the ladder.',
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
  readonly #hero = new Hero(() => this.#choose(breakIt));
  readonly #progress = new ProgressPanel(() => void this.#experiment?.stop());
  readonly #runs = new ShownRuns();
  readonly #actions = h('div', { class: 'actions' });
  readonly #choices = h('div');
  readonly #help = helpDialog();
  readonly #kept = new HistoryList(runHistory);
  #catalogue: LabCatalogue | undefined;
  #ladder: LadderBoard | undefined;
  #experiment: Experiment | undefined;
  readonly #backoff = new Backoff();
  #closed = false;

  constructor(context: ViewContext) {
    this.#context = context;
    context.root.append(
      this.#hero.element,
      this.#progress.element,
      this.#runs.element,
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
    this.#runs.clear();
  }

  async #load(): Promise<void> {
    try {
      this.#catalogue = await fetchJson<LabCatalogue>('/lab/scenarios');
    } catch (error) {
      if (this.#closed) return;
      this.#setUsable(false);
      this.#showMessage(describeLabError(error));
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
    fill(this.#hero.setting, `${number(buyers)} buyers, ${number(capacity)} tickets, no lock.`);
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
    this.#hero.setUsable(isUsable);
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
    const guess = isBeside ? undefined : this.#hero.guess;
    if (this.#experiment === undefined && !isBeside) this.#runs.clear();
    const status = await this.#follow(request, () => {});
    if (this.#closed || status === undefined) return [];
    const experiment = { status, request, beside: isBeside, guess };
    const ids = [...this.#runs.ids, status.id];
    const address = addressFor(beside?.request ?? request, beside?.rung, ids);
    if (status.state === 'done') {
      history.replaceState(null, '', address);
      void runHistory.keep(experiment, address).then(() => this.#kept.update());
    }
    for (const run of status.runs) this.#ladder?.record(run); // not those that are shown again
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
      if (!this.#closed) this.#showMessage(describeLabError(error));
      return undefined;
    } finally {
      this.#experiment = undefined;
      this.#setBusy(false);
    }
  }

  #setBusy(busy: boolean): void {
    this.#hero.setBusy(busy);
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
    const scenario = this.#catalogue?.scenarios.find(({ name }) => name === request.scenario);
    const cards = this.#runs.add(experiment, scenario, (run) => ({
      guess,
      fixes: fixesFor(run, this.#catalogue),
      onFix: (rung) => this.#showBeside(run, rung, request),
      scenario,
      onHelp: () => this.#help.showModal(),
      announce,
    }));
    const last = runs.at(-1);
    if (last !== undefined) this.#showActions(last, request, beside);
    return cards;
  }

  #showActions(run: Run, request: LabRequest, beside: boolean): void {
    fill(
      this.#actions,
      ...runActions({
        run,
        request,
        above: this.#catalogue && rungAbove(this.#catalogue, run.setting),
        isComparable: this.#runs.count === 1 || beside,
        onOneUp: (rung) => this.#showBeside(run, rung, request),
        onAgain: () => this.#choose(request),
      }),
    );
  }

  /** Of several cards only that of a run stays; the same buyers on another rung appear beside it. */
  #showBeside(run: Run, rung: number, request: LabRequest): void {
    if (this.#experiment !== undefined) return;
    this.#runs.keepOnly(run);
    const from = run.rung === undefined ? request : requestOnRung(run.rung, run.setting);
    void this.#runBeside(from, rung, run);
  }

  #showMessage(line: string | undefined): void {
    this.#progress.showMessage(line);
  }
}

const describeFailure = (failure = ''): string => `The run failed: ${failure}`;
