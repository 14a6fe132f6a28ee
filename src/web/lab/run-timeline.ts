import { type Axis, type Spacing, type View, whole } from '../../timeline/axis.js';
import { draw } from '../../timeline/draw.js';
import { describeState } from '../../timeline/format.js';
import {
  findHighlightedPair,
  type HighlightedPair,
  type PairSide,
} from '../../timeline/highlighted-pair.js';
import { axisOfRun, type KeyStep, type Layout, layOut } from '../../timeline/layout.js';
import type { Run } from '../../timeline/report.js';
import { createSvg, fill, h } from '../dom.js';
import { FileHistory, type Step } from './file-history.js';

const text = {
  stage: 'Timeline. Press ? for keyboard shortcuts.',
  controls: 'Timeline display',
  even: 'Even spacing',
  true: 'True scale',
  pair: 'Just this race',
  all: 'The whole run',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show all',
  first: { lostUpdate: 'First error', handover: 'First handover' },
  previous: 'Previous read or write',
  next: 'Next read or write',
  help: 'Keyboard shortcuts',
};

/** A narrower timeline runs downwards, so that its labels have room. In pixels. */
const ACROSS_WIDTH_MIN = 700;
const ZOOM_FACTOR = 1.6;
const PAN_SHARE = 0.2;
/** The smallest share of the axis that can be shown. */
const VIEW_MIN: Readonly<Record<Spacing, number>> = { true: 0.0005, even: 0.01 };

const keySteps: readonly KeyStep[] = ['firstRead', 'secondRead', 'firstWrite', 'secondWrite'];

/** A span of a batch. */
interface SpanId {
  readonly batchId: string;
  readonly index: number;
}

export interface TimelineListener {
  /** The highlighted step changed; `undefined` if there is none. */
  readonly onStep: (step: Step | undefined, processName: string) => void;
  readonly onHelp: () => void;
  readonly announce: (text: string) => void;
}

let timelines = 0;

/** The timeline of a run, with zoom, selection and keyboard control. */
export class RunTimeline {
  readonly element: HTMLElement;
  readonly #run: Run;
  readonly #listener: TimelineListener;
  readonly #id = `timeline${++timelines}`;
  readonly #stage: HTMLElement;
  readonly #pair: HighlightedPair | undefined;
  readonly #history: FileHistory;
  readonly #resizeObserver: ResizeObserver;
  readonly #toggles = new Map<string, HTMLButtonElement>();
  #batches: 'pair' | 'all';
  #spacing: Spacing;
  #view: View = whole;
  #axis!: Axis;
  #layout: Layout | undefined;
  #pinned: SpanId | undefined;
  #keyStep = -1;
  #width = 0;

  constructor(run: Run, listener: TimelineListener) {
    this.#run = run;
    this.#listener = listener;
    this.#pair = findHighlightedPair(run);
    this.#history = new FileHistory(run);
    this.#batches = this.#pair === undefined ? 'all' : 'pair';
    this.#spacing = this.#pair === undefined ? 'true' : 'even';
    this.#stage = h('div', {
      class: 'stage',
      tabindex: 0,
      role: 'group',
      'aria-label': text.stage,
      keydown: (event) => this.#onKey(event as KeyboardEvent),
      pointerover: (event) => this.#onPoint(event.target as Element),
      pointerleave: () => this.#highlight(this.#pinned),
      click: (event) => this.#onClick(event.target as Element),
      wheel: (event) => this.#onWheel(event as WheelEvent),
    });
    this.#panByDragging();
    this.element = h('div', { class: 'picture' }, this.#controls(), this.#stage);
    this.#resizeObserver = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width === this.#width || width === 0) return;
      this.#width = width;
      this.#draw();
    });
    this.#resizeObserver.observe(this.#stage);
  }

  close(): void {
    this.#resizeObserver.disconnect();
  }

  /** Pins the step of a batch at a moment, and scrolls it into view. */
  show(batchId: string, at: number): void {
    for (const { batches } of this.#run.lanes) {
      const spans = batches.find(({ id }) => id === batchId)?.spans;
      if (spans === undefined) continue;
      const index = spans.findIndex(
        ({ kind, start, end }) => kind !== 'holding' && start < at && at <= end,
      );
      if (this.#batches === 'pair' && !this.#isOfPair(batchId)) this.#showBatches('all');
      this.#bringIntoView(at);
      this.#pin({ batchId, index: Math.max(0, index) });
      this.#stage.scrollIntoView({ block: 'nearest' });
    }
  }

  #controls(): HTMLElement {
    const button = (label: string, content: string, act: () => void, key?: string) =>
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': label === content ? undefined : label,
          title: key === undefined ? label : `${label}  (${key})`,
          click: act,
        },
        content,
      );
    const toggle = (name: string, label: string, act: () => void) => {
      const element = h('button', { type: 'button', class: 'quiet', click: act }, label);
      this.#toggles.set(name, element);
      return element;
    };
    const pair = this.#pair;
    return h(
      'div',
      { class: 'controls', role: 'group', 'aria-label': text.controls },
      pair &&
        h(
          'span',
          { class: 'segments' },
          toggle('pair', text.pair, () => this.#showBatches('pair')),
          toggle('all', text.all, () => this.#showBatches('all')),
        ),
      h(
        'span',
        { class: 'segments' },
        toggle('even', text.even, () => this.#setSpacing('even')),
        toggle('true', text.true, () => this.#setSpacing('true')),
      ),
      h(
        'span',
        { class: 'segments' },
        button(text.zoomOut, '−', () => this.#zoom(ZOOM_FACTOR), '−'),
        button(text.zoomIn, '+', () => this.#zoom(1 / ZOOM_FACTOR), '+'),
        button(text.fit, text.fit, () => this.#setView(whole), '0'),
      ),
      pair &&
        h(
          'span',
          { class: 'segments' },
          button(text.previous, '[', () => this.#goToKeyStep(-1), '['),
          button(text.next, ']', () => this.#goToKeyStep(1), ']'),
        ),
      pair && button(text.first[pair.kind], text.first[pair.kind], () => this.#toFirst(), 'f'),
      button(text.help, '?', this.#listener.onHelp, '?'),
    );
  }

  #draw(): void {
    if (this.#width === 0) return;
    const direction =
      this.#batches === 'pair' && this.#width < ACROSS_WIDTH_MIN ? 'down' : 'across';
    this.#axis = axisOfRun(this.#run, this.#batches, this.#spacing);
    const options = { width: this.#width, direction, spacing: this.#spacing } as const;
    this.#layout = layOut(this.#run, { ...options, batches: this.#batches, view: this.#view });
    const svg = draw(this.#layout, this.#id, describeRun(this.#run));
    fill(this.#stage, createSvg(svg));
    for (const [name, button] of this.#toggles) {
      const on = name === this.#batches || name === this.#spacing;
      button.setAttribute('aria-pressed', String(on));
    }
    if (this.#pinned !== undefined) this.#highlight(this.#pinned);
  }

  #showBatches(batches: 'pair' | 'all'): void {
    this.#batches = batches;
    this.#spacing = batches === 'pair' ? 'even' : 'true';
    this.#setView(whole);
  }

  #setSpacing(spacing: Spacing): void {
    this.#spacing = spacing;
    this.#setView(whole);
  }

  #setView({ from, to }: View): void {
    const length = Math.min(1, Math.max(VIEW_MIN[this.#spacing], to - from));
    const begin = Math.min(1 - length, Math.max(0, from));
    this.#view = { from: begin, to: begin + length };
    this.#draw();
  }

  /**
   * @param factor above 1 to zoom out
   * @param around the place on the axis that stays fixed
   */
  #zoom(factor: number, around?: number): void {
    const { from, to } = this.#view;
    const fixed = around ?? (from + to) / 2;
    this.#setView({ from: fixed - (fixed - from) * factor, to: fixed + (to - fixed) * factor });
  }

  #pan(share: number): void {
    const { from, to } = this.#view;
    const by = (to - from) * share;
    this.#setView({ from: from + by, to: to + by });
  }

  /** Zooms in on the highlighted pair. */
  #toFirst(): void {
    if (this.#pair === undefined) return;
    const batches = [this.#pair.first.batch, this.#pair.second.batch];
    const [from, to] = [
      this.#axis.place(Math.min(...batches.map(({ start }) => start))),
      this.#axis.place(Math.max(...batches.map(({ wrote, end }) => wrote?.at ?? end))),
    ];
    const margin = (to - from) * 0.08;
    this.#setView(this.#batches === 'pair' ? whole : { from: from - margin, to: to + margin });
    this.#keyStep = -1;
    this.#goToKeyStep(1);
  }

  /** Goes to the next or the previous of the two reads and the two writes. */
  #goToKeyStep(by: 1 | -1): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    const current = this.#keyStep === -1 && by < 0 ? 0 : this.#keyStep;
    this.#keyStep = (current + by + keySteps.length) % keySteps.length;
    const step = keySteps[this.#keyStep] ?? 'firstRead';
    const side: PairSide = step.startsWith('first') ? pair.first : pair.second;
    const kind = step.endsWith('Read') ? 'reading' : 'writing';
    const index = side.batch.spans.findLastIndex((span) => span.kind === kind);
    const span = side.batch.spans[index];
    if (span === undefined) return;
    this.#bringIntoView(span.end);
    this.#pin({ batchId: side.batch.id, index });
    const verb = kind === 'reading' ? 'read' : 'wrote';
    const state = side.batch[verb];
    if (state === undefined) return;
    this.#listener.announce(`${side.lane.name} ${verb} ${describeState(state)}`);
  }

  #bringIntoView(at: number): void {
    const place = this.#axis.place(at);
    const { from, to } = this.#view;
    if (place < from || place > to) this.#pan((place - (from + to) / 2) / (to - from));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const action = this.#actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    '+': () => this.#zoom(1 / ZOOM_FACTOR),
    '=': () => this.#zoom(1 / ZOOM_FACTOR),
    '-': () => this.#zoom(ZOOM_FACTOR),
    '0': () => this.#setView(whole),
    ArrowLeft: () => this.#pan(-PAN_SHARE),
    ArrowRight: () => this.#pan(PAN_SHARE),
    ']': () => this.#goToKeyStep(1),
    '[': () => this.#goToKeyStep(-1),
    f: () => this.#toFirst(),
    e: () => this.#setSpacing(this.#spacing === 'even' ? 'true' : 'even'),
    w: () => this.#pair && this.#showBatches(this.#batches === 'pair' ? 'all' : 'pair'),
    Escape: () => this.#pin(undefined),
    '?': () => this.#listener.onHelp(),
  };

  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    this.#zoom(event.deltaY > 0 ? ZOOM_FACTOR : 1 / ZOOM_FACTOR, this.#placeUnder(event));
  }

  #panByDragging(): void {
    let last: number | undefined;
    const along = (event: PointerEvent) =>
      this.#layout?.direction === 'down' ? event.clientY : event.clientX;
    this.#stage.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'mouse' && this.#view.to - this.#view.from < 1) last = along(event);
    });
    this.#stage.addEventListener('pointermove', (event) => {
      if (last === undefined || this.#layout === undefined) return;
      const { from, to } = this.#layout.axis;
      this.#pan((last - along(event)) / (to - from));
      last = along(event);
    });
    for (const end of ['pointerup', 'pointerleave'] as const) {
      this.#stage.addEventListener(end, () => {
        last = undefined;
      });
    }
  }

  /** The place on the axis under the pointer. */
  #placeUnder(event: MouseEvent): number {
    const { from, to } = this.#view;
    if (this.#layout === undefined) return (from + to) / 2;
    const { left, top } = this.#stage.getBoundingClientRect();
    const at = this.#layout.direction === 'down' ? event.clientY - top : event.clientX - left;
    const { axis } = this.#layout;
    return from + ((at - axis.from) / (axis.to - axis.from)) * (to - from);
  }

  #onPoint(target: Element): void {
    const block = spanUnder(target);
    if (this.#pinned === undefined) this.#highlight(block);
  }

  #onClick(target: Element): void {
    const block = spanUnder(target);
    const same = block?.batchId === this.#pinned?.batchId && block?.index === this.#pinned?.index;
    this.#pin(same ? undefined : block);
  }

  #pin(block: SpanId | undefined): void {
    this.#pinned = block;
    this.#highlight(block);
  }

  /** Dims everything except the batch of a step. */
  #highlight(block: SpanId | undefined): void {
    const svg = this.#stage.firstElementChild;
    svg?.classList.toggle('dimmed', block !== undefined);
    svg?.classList.toggle('highlighted', this.#isOfPair(block?.batchId));
    for (const each of this.#stage.querySelectorAll<SVGElement>('[data-batch]')) {
      const { batch, span } = each.dataset;
      const isPinned = batch === block?.batchId && span === String(block?.index);
      each.classList.toggle('lit', batch === block?.batchId);
      each.classList.toggle('pinned', isPinned);
    }
    const [step, name] = block === undefined ? [undefined, ''] : this.#stepOf(block);
    this.#listener.onStep(step, name);
  }

  #isOfPair(batchId: string | undefined): boolean {
    if (this.#pair === undefined) return false;
    const { first, second } = this.#pair;
    return batchId === first.batch.id || batchId === second.batch.id;
  }

  #stepOf({ batchId, index }: SpanId): [Step | undefined, string] {
    for (const { batches, name } of this.#run.lanes) {
      const batch = batches.find(({ id }) => id === batchId);
      const span = batch?.spans[index];
      if (batch !== undefined && span !== undefined) return [this.#history.step(batch, span), name];
    }
    return [undefined, ''];
  }
}

/** The span whose block contains an element. */
function spanUnder(target: Element): SpanId | undefined {
  const block = target.closest<SVGElement>('.block');
  const { batch, span } = block?.dataset ?? {};
  return batch === undefined ? undefined : { batchId: batch, index: Number(span) };
}

const describeRun = ({ title, verdict, lanes }: Run): string =>
  `Timeline of ${title}, ${lanes.length} ${lanes.length === 1 ? 'process' : 'processes'}: ${verdict.because}. The story and the tables contain the same information as text.`;
