import { number } from '../../timeline/format.js';
import type { LabCatalogue, LabRequest, LabStatus, Run, Rung } from '../../timeline/report.js';
import { fetchJson, HttpError, isTemporary } from '../api.js';
import { Backoff } from '../backoff.js';
import { fill, h } from '../dom.js';
import type { View, ViewContext } from '../view.js';
import { chooser, describeUnavailable } from './chooser.js';
import { Experiment } from './experiment.js';
import { helpDialog } from './help-dialog.js';
import { addressFor, requestFromQuery, requestOnRung, rungAbove } from './request-url.js';
import { RunCard } from './run-card.js';
import { sketch } from './sketch.js';

const text = {
  title: 'Two processes sell one ticket twice. See how.',
  lead: 'Every run here is real: this machine starts processes that share one file or one database, and only the lock that you choose keeps them apart.',
  breakIt: 'Break it',
  guess: 'Predict first: how many buyers will be told “sold”?',
  guessHint: 'Your guess (optional)',
  stop: 'Stop',
  again: 'Run it again',
  oneUp: 'The same run, one rung up',
  highestRung: 'This is the highest rung of the ladder.',
  link: 'Link to this run',
  linkNote: 'The link contains the settings. Opening it starts the run again.',
  phases: {
    starting: 'Starting processes …',
    selling: 'Selling …',
    judging: 'Counting what was sold …',
  },
  stopped: 'Stopped.',
  labOff: 'Experiments are switched off here. Start with LAB=on to allow them.',
  busy: 'Another experiment is running, and there is room for only one. Try again in a moment.',
};

/** What one click on the front page runs. */
const breakIt: LabRequest = { rung: 1 };

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
  readonly #progress = h('div', { class: 'progress', role: 'status' });
  readonly #results = h('div', { class: 'results' });
  readonly #actions = h('div', { class: 'actions' });
  readonly #choices = h('div');
  readonly #help = helpDialog();
  #catalogue: LabCatalogue | undefined;
  #cards: RunCard[] = [];
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
      this.#progress,
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
    const { rungs, defaults } = this.#catalogue;
    const setting = rungs[0]?.setting ?? defaults;
    const { buyers, capacity } = setting;
    fill(this.#setting, `${number(buyers)} buyers, ${number(capacity)} tickets, no lock.`);
    fill(
      this.#choices,
      chooser(this.#catalogue, (request) => this.#choose(request)),
    );

    const { query } = this.#context;
    const request = requestFromQuery(query);
    if (request === undefined) return;
    const [first] = await this.#run(request, false);
    const then = Number(query.get('then'));
    if (then > 0 && first !== undefined) await this.#runBeside(request, then, first);
  }

  #setUsable(isUsable: boolean): void {
    this.#breakIt.disabled = !isUsable;
    this.#guess.disabled = !isUsable;
    if (isUsable) fill(this.#progress);
  }

  #choose(request: LabRequest): void {
    history.replaceState(null, '', addressFor(request, undefined));
    void this.#run(request, false);
  }

  /** Runs the same buyers on another rung, beside the run that is shown. */
  async #runBeside(request: LabRequest, rung: number, beside: Run): Promise<void> {
    history.replaceState(null, '', addressFor(request, rung));
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
    this.#setBusy(true);
    try {
      const status = await experiment.run(request, (progress) => this.#showProgress(progress));
      if (this.#closed) return [];
      if (status === undefined) this.#showMessage(text.stopped);
      else return this.#showEnd(status, request, beside, guess);
    } catch (error) {
      const isBusy = error instanceof HttpError && error.status === 503;
      if (!this.#closed) this.#showMessage(isBusy ? text.busy : (error as Error).message);
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

  #showProgress({ progress, state }: LabStatus): void {
    if (state !== 'running' || this.#closed) return;
    const { phase, run, runs, title } = progress;
    const phases = Object.keys(text.phases) as (keyof typeof text.phases)[];
    const line = `${runs > 1 ? `Run ${run} of ${runs}. ` : ''}${text.phases[phase]}`;
    if (this.#progress.dataset.line === `${title}${line}`) return; // announce it only once
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
    if (state === 'failed') this.#showMessage(`The run failed: ${failure}`);
    else if (state === 'stopped') this.#showMessage(text.stopped);
    else this.#showMessage(undefined);
    const { announce } = this.#context;
    const onHelp = () => this.#help.showModal();
    const cards = runs.map((run) => new RunCard(run, { guess, onHelp, announce }));
    this.#cards.push(...cards);
    this.#results.append(...cards.map(({ element }) => element));
    this.#results.dataset.cards = String(this.#cards.length);
    const last = runs.at(-1);
    const [first] = cards;
    if (last !== undefined) this.#showActions(last, request, beside);
    // Screen readers read the title; sighted users see the card.
    first?.title.focus({ preventScroll: true });
    first?.element.scrollIntoView({ block: 'start' });
    return runs;
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
      h('a', { href: location.hash, title: text.linkNote }, text.link),
      isComparable && h('span', { class: 'note' }, this.#describeNext(run, above)),
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
    const from = run.rung === undefined ? request : requestOnRung(run.rung, run.setting);
    void this.#runBeside(from, rung, run);
  }

  #showMessage(line: string | undefined): void {
    delete this.#progress.dataset.line;
    fill(this.#progress, line === undefined ? undefined : h('p', { class: 'error' }, line));
  }

  #clear(): void {
    for (const card of this.#cards) card.close();
    this.#cards = [];
    fill(this.#results);
  }
}
