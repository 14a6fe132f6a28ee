import { number } from '../../timeline/format.js';
import type { LabStatus } from '../../timeline/lab-status.js';
import { fill, h } from '../dom.js';

const text = {
  stop: 'Stop',
  phases: {
    starting: 'Starting processes …',
    selling: 'Selling …',
    judging: 'Counting what was sold …',
  },
};

/**
 * The progress of an experiment, or a message in its place. Its parts stay in the page while they
 * change: an element that is replaced loses the focus.
 */
export class ProgressPanel {
  readonly element = h('div', { class: 'progress', role: 'status', tabindex: -1 });
  readonly #title = h('p', { class: 'progress-title' });
  readonly #bar = h('progress');
  readonly #line = h('p');
  readonly #stop: HTMLButtonElement;

  constructor(onStop: () => void) {
    this.#stop = h('button', { type: 'button', class: 'quiet', click: onStop }, text.stop);
  }

  /** Shows it where the user looks, and moves the focus there from the button that started a run. */
  begin(): void {
    this.element.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: 'nearest' });
  }

  show({ phase, run, runs, title }: LabStatus['progress']): void {
    const phases = Object.keys(text.phases) as (keyof typeof text.phases)[];
    const line = `${runs > 1 ? `Run ${number(run)} of ${number(runs)}. ` : ''}${text.phases[phase]}`;
    if (this.#title.textContent !== title) fill(this.#title, title);
    if (this.#line.textContent !== line) fill(this.#line, line); // announced once
    this.#bar.max = runs * phases.length;
    this.#bar.value = (run - 1) * phases.length + phases.indexOf(phase) + 0.5;
    this.#bar.setAttribute('aria-label', title);
    if (this.#bar.isConnected) return;
    fill(this.element, this.#title, this.#bar, this.#line, this.#stop);
    this.element.scrollIntoView({ block: 'nearest' });
  }

  /** Shows a message in place of the progress, or nothing. */
  showMessage(message: string | undefined, kind: 'error' | 'note' = 'error'): void {
    const hadFocus = this.element.contains(document.activeElement);
    fill(this.element, message === undefined ? undefined : h('p', { class: kind }, message));
    if (hadFocus) this.element.focus({ preventScroll: true });
  }
}
