import type { Moment } from '../../timeline/moments.js';
import { fill, h } from '../dom.js';

/** How long a step is shown. The steps themselves are microseconds apart. */
const STEP_MS = 900;

const speeds = [
  ['1', 'normal'],
  ['0.5', 'half'],
  ['0.25', 'quarter'],
] as const;

const text = {
  controls: 'Playback',
  play: 'Play',
  pause: 'Pause',
  previous: 'Previous step',
  next: 'Next step',
  step: 'Step',
  speed: 'Speed',
};

/** Plays the steps of a run one after the other. It starts only when the user wants it to. */
export class Playback {
  readonly element: HTMLElement;
  readonly #onMoment: (index: number) => void;
  readonly #play = h('button', { type: 'button', class: 'play', click: () => this.toggle() });
  readonly #slider = h('input', {
    type: 'range',
    min: 0,
    step: 1,
    'aria-label': text.step,
    input: () => this.#choose(this.#slider.valueAsNumber),
  });
  readonly #count = h('span', { class: 'step-count' });
  readonly #speed = h(
    'select',
    { 'aria-label': text.speed },
    ...speeds.map(([value, label]) => h('option', { value }, label)),
  );
  #moments: readonly Moment[] = [];
  #shown: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onMoment shows a moment, by its index */
  constructor(onMoment: (index: number) => void) {
    this.#onMoment = onMoment;
    const button = (label: string, content: string, act: () => void) =>
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': label, title: label, click: act },
        content,
      );
    this.element = h(
      'div',
      { class: 'playback', role: 'group', 'aria-label': text.controls },
      this.#play,
      h(
        'span',
        { class: 'segments' },
        button(text.previous, '◀', () => this.step(-1)),
        button(text.next, '▶', () => this.step(1)),
      ),
      this.#slider,
      this.#count,
      h('label', { class: 'speed' }, `${text.speed} `, this.#speed),
    );
    this.#showPlaying(false);
  }

  /** Plays these moments from now on, and shows all of them at once until a step is chosen. */
  setMoments(moments: readonly Moment[]): void {
    this.pause();
    this.#moments = moments;
    this.#slider.max = String(Math.max(0, moments.length - 1));
    this.show(undefined);
  }

  /** Reflects which moment is shown; `undefined` if all of them are. */
  show(index: number | undefined): void {
    this.#shown = index;
    const last = this.#moments.length - 1;
    this.#slider.value = String(index ?? last);
    const step = index === undefined ? 'all steps' : `${index + 1} of ${last + 1}`;
    fill(this.#count, step);
    const moment = index === undefined ? undefined : this.#moments[index];
    this.#slider.setAttribute('aria-valuetext', moment === undefined ? step : moment.text);
  }

  /** Goes to the next or the previous step, and stops there. From no step at all, to an end. */
  step(by: 1 | -1): void {
    const count = this.#moments.length;
    const from = this.#shown ?? (by > 0 ? -1 : count);
    this.#choose((from + by + count) % count);
  }

  /** Plays on from the step that is shown, or pauses. */
  toggle(): void {
    if (this.#timer !== undefined) {
      this.pause();
      return;
    }
    const next = (this.#shown ?? this.#moments.length) + 1;
    this.#showPlaying(true);
    this.#playFrom(next < this.#moments.length ? next : 0);
  }

  /** Plays all steps. */
  play(): void {
    this.pause();
    this.#showPlaying(true);
    this.#playFrom(0);
  }

  /** Stays at the step that is shown. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#showPlaying(false);
  }

  #choose(index: number): void {
    this.pause();
    this.#onMoment(index);
  }

  #playFrom(index: number): void {
    this.#onMoment(index);
    if (index >= this.#moments.length - 1) {
      this.pause();
      return;
    }
    const delay = STEP_MS / Number(this.#speed.value);
    this.#timer = setTimeout(() => this.#playFrom(index + 1), delay);
  }

  #showPlaying(isPlaying: boolean): void {
    fill(this.#play, isPlaying ? text.pause : text.play);
  }
}
