import type { Axis, View } from '../../timeline/axis.js';
import { ms } from '../../timeline/format.js';
import { axisOfRun } from '../../timeline/layout.js';
import { markup, round } from '../../timeline/markup.js';
import type { Run } from '../../timeline/report.js';
import { drawThumbnail, thumbnailHeight, thumbnailOf } from '../../timeline/thumbnail.js';
import { createSvg, h } from '../dom.js';
import { keyHandler } from './key-handler.js';

/** How exact the picture is, and the least width of the frame in it. */
const PLACES = 1200;
const FRAME_MIN = 8;

const STEP_SHARE = 0.2;

const label = 'The part of the run that the timeline shows';

export interface MinimapListener {
  /** Another moment is to be in the middle of the timeline. */
  readonly onMove: (at: number) => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
}

/** The whole run in miniature, to scale, with a frame around what the timeline shows. */
export class Minimap {
  readonly element: HTMLElement;
  /** The whole run, to scale. */
  readonly axis: Axis;
  readonly #listener: MinimapListener;
  /** What is not shown is faded, before and after the frame. */
  readonly #before = createSvg(markup('rect', { class: 'outside', x: 0, y: 0 }));
  readonly #after = createSvg(markup('rect', { class: 'outside', y: 0 }));
  readonly #frame = createSvg(markup('rect', { class: 'frame', y: 0 }));
  #shown: View = { from: 0, to: 1 };

  constructor(run: Run, listener: MinimapListener) {
    this.#listener = listener;
    this.axis = axisOfRun(run, { batches: 'all', spacing: 'true', detail: 'full' });
    const svg = createSvg(drawThumbnail(thumbnailOf(run, PLACES), { 'aria-hidden': 'true' }));
    const parts = [this.#before, this.#after, this.#frame];
    const height = String(thumbnailHeight(run.lanes.length));
    for (const part of parts) part.setAttribute('height', height);
    svg.append(...parts);
    this.element = h(
      'div',
      {
        class: 'minimap',
        tabindex: 0,
        role: 'slider',
        'aria-label': label,
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        title: label,
        keydown: keyHandler(this.#keys),
        pointerdown: (event) => this.#onPointerDown(event as PointerEvent),
        pointermove: (event) => this.#onPointerMove(event as PointerEvent),
      },
      svg,
    );
  }

  /** Frames a part of the run. */
  show(view: View): void {
    this.#shown = view;
    const { from, to } = view;
    const width = round(Math.max(FRAME_MIN, (to - from) * PLACES));
    const middle = round(((from + to) / 2) * PLACES - width / 2);
    const x = Math.min(PLACES - width, Math.max(0, middle));
    this.#before.setAttribute('width', String(x));
    this.#after.setAttribute('x', String(x + width));
    this.#after.setAttribute('width', String(round(PLACES - x - width)));
    this.#frame.setAttribute('x', String(x));
    this.#frame.setAttribute('width', String(width));
    const [begin, end] = [this.axis.moment(from), this.axis.moment(to)].map(ms);
    this.element.setAttribute('aria-valuenow', String(Math.round(50 * (from + to))));
    this.element.setAttribute('aria-valuetext', `${begin} to ${end} of ${ms(this.axis.last)}`);
  }

  #moveTo(place: number): void {
    this.#listener.onMove(this.axis.moment(place));
  }

  /** Moves by a share of what is shown. */
  #moveBy(share: number): void {
    const { from, to } = this.#shown;
    this.#moveTo((from + to) / 2 + share * (to - from));
  }

  #onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.#moveTo(this.#placeUnder(event));
  }

  #onPointerMove(event: PointerEvent): void {
    if (this.element.hasPointerCapture(event.pointerId)) this.#moveTo(this.#placeUnder(event));
  }

  #placeUnder({ clientX }: PointerEvent): number {
    const { left, width } = this.element.getBoundingClientRect();
    return (clientX - left) / width;
  }

  readonly #keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => this.#moveBy(-STEP_SHARE),
    ArrowRight: () => this.#moveBy(STEP_SHARE),
    Home: () => this.#moveTo(0),
    End: () => this.#moveTo(1),
    '+': () => this.#listener.zoomIn(),
    '=': () => this.#listener.zoomIn(),
    '-': () => this.#listener.zoomOut(),
    '0': () => this.#listener.fit(),
  };
}
