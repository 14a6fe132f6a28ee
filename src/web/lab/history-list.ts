import { fill, h } from '../dom.js';
import type { KeptExperiment, RunHistory } from './run-history.js';

const text = {
  title: 'Your runs',
  about: 'Kept in this browser. Opening one runs nothing.',
  none: 'None yet.',
  forget: 'Forget all runs',
};

const timeFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** The list of the experiments that this browser keeps. */
export class HistoryList {
  readonly element: HTMLElement;
  readonly #history: RunHistory;
  readonly #list = h('ol', { class: 'kept-runs' });
  readonly #title = h('h3', { tabindex: -1 }, text.title);
  readonly #forget: HTMLButtonElement;

  constructor(history: RunHistory) {
    this.#history = history;
    this.#forget = h(
      'button',
      { type: 'button', class: 'quiet', click: () => void this.#forgetAll() },
      text.forget,
    );
    this.element = h(
      'div',
      { class: 'kept' },
      this.#title,
      h('p', { class: 'note' }, text.about),
      this.#list,
      this.#forget,
    );
    void this.update();
  }

  /** Lists what is kept now. */
  async update(): Promise<void> {
    const kept = await this.#history.list();
    this.#forget.hidden = kept.length === 0;
    fill(
      this.#list,
      ...(kept.length === 0 ? [h('li', { class: 'note' }, text.none)] : kept.map(itemOf)),
    );
  }

  async #forgetAll(): Promise<void> {
    await this.#history.forgetAll();
    await this.update();
    this.#title.focus(); // the button is gone
  }
}

function itemOf({ at, address, titles }: KeptExperiment): HTMLElement {
  const label = titles.map(({ title, ruling }) => `${title}: ${ruling}`).join(' · ');
  return h(
    'li',
    {},
    h('a', { href: address }, label),
    h('span', { class: 'note' }, ` ${timeFormat.format(at)}`),
  );
}
