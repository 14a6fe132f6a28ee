import { fill, h } from './dom.js';

/** A button and its question, in words. */
export interface ConfirmTexts {
  readonly button: string;
  /** The button's name for screen readers, where there are several of the kind. */
  readonly label?: string;
  readonly question: string;
  readonly keep: string;
  readonly confirm: string;
}

/** A button that acts only after one question. */
export class ConfirmButton {
  readonly element = h('span');
  readonly #texts: ConfirmTexts;
  readonly #act: () => void;

  /** @param act is called once per confirmed question; `show` offers the button again */
  constructor(texts: ConfirmTexts, act: () => void) {
    this.#texts = texts;
    this.#act = act;
    this.show();
  }

  /** Shows the button, and returns it. */
  show(): HTMLButtonElement {
    const { button: words, label } = this.#texts;
    const button = h(
      'button',
      {
        type: 'button',
        class: 'quiet danger',
        ...(label !== undefined && { 'aria-label': label }),
        click: () => this.#ask(),
      },
      words,
    );
    fill(this.element, button);
    return button;
  }

  #ask(): void {
    const { question, keep: keepWords, confirm: confirmWords } = this.#texts;
    const keep = h(
      'button',
      { type: 'button', class: 'quiet', click: () => this.show().focus() },
      keepWords,
    );
    const confirm = h(
      'button',
      {
        type: 'button',
        class: 'danger',
        click: () => {
          confirm.disabled = true;
          this.#act();
        },
      },
      confirmWords,
    );
    fill(
      this.element,
      h(
        'span',
        { class: 'question', role: 'group', 'aria-label': question },
        h('span', {}, question),
        keep,
        confirm,
      ),
    );
    keep.focus(); // Enter that is pressed twice changes nothing
  }
}
