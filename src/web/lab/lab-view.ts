import { number } from '../../timeline/format.js';
import type { LabCatalogue, LabRequest, Run, Rung } from '../../timeline/report.js';
import { fetchJson, isTemporary } from '../api.js';
import { Backoff } from '../backoff.js';
import { fill, h } from '../dom.js';
import type { View, ViewContext } from '../view.js';
import { chooser, describeUnavailable } from './chooser.js';
import { Experiment } from './experiment.js';
import { type FinishedExperiment, finishedAt, keepFinished } from './finished-runs.js';
import { helpDialog } from './help-dialog.js';
import { describeLabError } from './lab-errors.js';
import { ProgressPanel } from './progress-panel.js';
import { addressFor, requestFromQuery, requestOnRung, rungAbove } from './request-url.js';
import { RunCard } from './run-card.js';
import { sketch } from './sketch.js';

const text = {
  title: 'Two processes sell one ticket twice. See how.',
  lead: 'Every run here is real: this machine starts processes that share one file or one database, and only the lock that you choose keeps them apart.',
  levels: 'Break it yourself: you decide which process moves next',
  breakIt: 'Break it',
  guess: 'Predict first: how many buyers will be told “sold”?',
  guessHint: 'Your guess (optional)',
  again: 'Run it again',
  oneUp: 'The same run, one rung up',
  highestRung: 'This is the highest rung of the ladder.',
  link: 'Copy a link to this run',
  linkNote: 'The link contains the settings. Opening it runs them again.',
  copied: 'Link copied',
  notCopied: 'The link is in the address bar',
  stopped: 'Stopped.',
};

/** What one click on the front page runs. */
const breakIt: LabRequest = { rung: 1 };

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
  readonly #results = h('div', { class: 'results' });
  readonly #actions = h('div', { class: 'actions' });
  readonly #choices = h('div');
  readonly #help = helpDialog();
  #catalogue: LabCatalogue | undefined;
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
          h('p', { class: 'first-level' }, h('a', { href: '#levels?level=1' }, text.levels)),
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
    fill(this.#setting, `${number(buyers)} buyers, ${number(capacity)} tickets, no lock.`);
    fill(
      this.#choices,
      chooser(this.#catalogue, request, (chosen) => this.#choose(chosen)),
    );

    if (request === undefined) return;
    const earlier = finishedAt(location.hash);
    if (earlier.length > 0) {
      for (const experiment of earlier) this.#showEnd(experiment);
      return;
    }
    const [first] = await this.#run(request, false);
    const then = Number(query.get('then'));
    if (then > 0 && first !== undefined) await this.#runBeside(request, then, first);
  }

  #setUsable(isUsable: boolean): void {
    this.#breakIt.disabled = !isUsable;
    this.#guess.disabled = !isUsable;
    if (isUsable) this.#progress.showMessage(undefined);
  }

  #choose(request: LabRequest): void {
    showAddress(addressFor(request, undefined));
    void this.#run(request, false);
  }

  /** Runs the same buyers on another rung, beside the run that is shown. */
  async #runBeside(request: LabRequest, rung: number, beside: Run): Promise<void> {
    showAddress(addressFor(request, rung));
    await this.#run(requestOnRung(rung, beside.setting), true);
  }

  /** Runs a request and shows it beside the cards that are shown, or in their place. */
  async #run(request: LabRequest, beside: boolean): Promise<readonly Run[]> {
    if (this.#experiment !== undefined) return [];
    const guess = beside || this.#guess.value === '' ? undefined : this.#guess.valueAsNumber;
    const experiment = new Experiment();
    this.#experiment = experiment;
    if (!beside) this.#clear();
    fill(this.#actions);
    this.#progress.begin();
    this.#setBusy(true);
    try {
      const status = await experiment.run(request, ({ state, progress }) => {
        if (state === 'running' && !this.#closed) this.#progress.show(progress);
      });
      if (this.#closed) return [];
      if (status === undefined) {
        this.#showMessage(text.stopped);
        return [];
      }
      const cards = this.#showEnd({ status, request, beside, guess });
      if (status.state === 'done') keepFinished(location.hash, this.#shown);
      // Screen readers read the title; sighted users see the card.
      cards[0]?.title.focus({ preventScroll: true });
      cards[0]?.element.scrollIntoView({ block: 'start' });
      return status.runs;
    } catch (error) {
      if (!this.#closed) this.#showMessage(describeLabError(error));
    } finally {
      this.#experiment = undefined;
      this.#setBusy(false);
    }
    return [];
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
    const { state, runs, failure = '' } = status;
    if (state === 'failed') this.#showMessage(`The run failed: ${failure}`);
    else this.#showMessage(state === 'stopped' ? text.stopped : undefined);
    const { announce } = this.#context;
    const onHelp = () => this.#help.showModal();
    const cards = runs.map((run) => new RunCard(run, { guess, onHelp, announce }));
    this.#shown = [...this.#shown, experiment];
    this.#cards.push(...cards);
    this.#results.append(...cards.map(({ element }) => element));
    this.#results.dataset.cards = String(this.#cards.length);
    const last = runs.at(-1);
    if (last !== undefined) this.#showActions(last, request, beside);
    return cards;
  }

  #showActions(run: Run, request: LabRequest, beside: boolean): void {
    const above = this.#catalogue && rungAbove(this.#catalogue, run.setting);
    const isComparable = this.#cards.length === 1 || beside;
    fill(
      this.#actions,
      isComparable &&
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
      this.#link(),
      isComparable && h('span', { class: 'note' }, this.#describeNext(run, above)),
    );
  }

  #link(): HTMLElement {
    const note = h('span', { class: 'note', role: 'status' });
    const copy = async (event: Event) => {
      event.preventDefault(); // it leads to what is shown already
      const copied = await navigator.clipboard?.writeText(location.href).then(
        () => true,
        () => false,
      );
      fill(note, copied ? text.copied : text.notCopied);
    };
    const attributes = { href: location.hash, title: text.linkNote };
    return h(
      'span',
      {},
      h('a', { ...attributes, click: (event) => void copy(event) }, text.link),
      ' ',
      note,
    );
  }

  #describeNext({ rung }: Run, above: Rung | undefined): string {
    if (above !== undefined) {
      const next = `Next: Rung ${above.rung}, ${above.title}`;
      const { unavailable } = above;
      return unavailable === undefined ? next : `${next}. ${describeUnavailable(unavailable)}`;
    }
    return rung === undefined ? '' : text.highestRung;
  }

  /** Of two cards only the higher rung stays; the next rung appears beside it. */
  #oneUp(run: Run, rung: number, request: LabRequest): void {
    while (this.#cards.length > 1) {
      const card = this.#cards.shift();
      card?.close();
      card?.element.remove();
    }
    this.#shown = this.#shown.slice(-1).map((experiment) => ({
      ...experiment,
      status: { ...experiment.status, runs: [run] },
    }));
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
    fill(this.#results);
  }
}
