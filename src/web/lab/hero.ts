import { h } from '../dom.js';
import { sketch } from './sketch.js';

const text = {
  title: 'Two processes sell one ticket twice. See how.',
  lead: 'Every run here is real: this machine starts processes that share one file or one database, and only the lock that you choose keeps them apart.',
  levels: 'Break it yourself: you decide which process moves next',
  breakIt: 'Break it',
  guess: 'Predict first: how many buyers will be told “sold”?',
  guessHint: 'Your guess (optional)',
};

/** The head of the lab: the idea, a guess, and one button. */
export class Hero {
  readonly element: HTMLElement;
  readonly #guess = h('input', {
    id: 'guess',
    type: 'number',
    min: 0,
    max: 50_000,
    inputmode: 'numeric',
    placeholder: text.guessHint,
  });
  readonly #breakIt: HTMLButtonElement;
  /** What the button runs. */
  readonly setting = h('span', { class: 'setting' });

  constructor(onBreak: () => void) {
    this.#breakIt = h('button', { type: 'button', class: 'break', click: onBreak }, text.breakIt);
    this.element = h(
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
          h('p', {}, this.#breakIt, this.setting),
        ),
      ),
      sketch(),
    );
  }

  /** The user's guess, if there is one. */
  get guess(): number | undefined {
    return this.#guess.value === '' ? undefined : this.#guess.valueAsNumber;
  }

  setUsable(isUsable: boolean): void {
    this.#breakIt.disabled = !isUsable;
    this.#guess.disabled = !isUsable;
  }

  setBusy(isBusy: boolean): void {
    this.#breakIt.disabled = isBusy;
  }
}
