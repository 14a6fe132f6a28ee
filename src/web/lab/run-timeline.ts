import { type Axis, type Spacing, whole } from '../../timeline/axis.js';
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
import { type SpanId, SpanSelection } from './span-selection.js';
import {
  type TimelineActions,
  type TimelineControls,
  timelineControls,
  ZOOM_FACTOR,
} from './timeline-controls.js';
import { controlByPointer } from './timeline-pointer.js';
import { TimelineView } from './timeline-view.js';

/** A narrower timeline runs downwards, so that its labels have room. In pixels. */
const ACROSS_WIDTH_MIN = 700;
const PAN_SHARE = 0.2;

const keySteps: readonly KeyStep[] = ['firstRead', 'secondRead', 'firstWrite', 'secondWrite'];

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
  readonly #controls: TimelineControls;
  readonly #view: TimelineView;
  readonly #selection: SpanSelection;
  readonly #resizeObserver: ResizeObserver;
  #batches: 'pair' | 'all';
  #axis!: Axis;
  #layout: Layout | undefined;
  #keyStep = -1;
  #width = 0;

  constructor(run: Run, listener: TimelineListener) {
    this.#run = run;
    this.#listener = listener;
    this.#pair = findHighlightedPair(run);
    this.#history = new FileHistory(run);
    this.#batches = this.#pair === undefined ? 'all' : 'pair';
    this.#view = new TimelineView(spacingFor(this.#batches), () => this.#draw());
    this.#stage = h('div', {
      class: 'stage',
      tabindex: 0,
      role: 'group',
      'aria-label': 'Timeline. Press ? for keyboard shortcuts.',
      keydown: (event) => this.#onKey(event as KeyboardEvent),
    });
    this.#selection = new SpanSelection(this.#stage, {
      onHighlight: (span) => listener.onStep(...this.#stepOf(span)),
      isOfPair: (batchId) => this.#isOfPair(batchId),
    });
    controlByPointer(this.#stage, this.#view, () => this.#layout);
    this.#controls = timelineControls(this.#pair, this.#actions);
    this.element = h('div', { class: 'picture' }, this.#controls.element, this.#stage);
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
      this.#view.reveal(this.#axis.place(at));
      this.#selection.pin({ batchId, index: Math.max(0, index) });
      this.#stage.scrollIntoView({ block: 'nearest' });
    }
  }

  #draw(): void {
    if (this.#width === 0) return;
    const { current: view, spacing } = this.#view;
    const batches = this.#batches;
    const direction = batches === 'pair' && this.#width < ACROSS_WIDTH_MIN ? 'down' : 'across';
    this.#axis = axisOfRun(this.#run, batches, spacing);
    this.#layout = layOut(this.#run, { width: this.#width, direction, spacing, batches, view });
    const svg = draw(this.#layout, this.#id, describeRun(this.#run));
    fill(this.#stage, createSvg(svg));
    this.#controls.setPressed(batches, spacing);
    this.#selection.restore();
  }

  #showBatches(batches: 'pair' | 'all'): void {
    this.#batches = batches;
    this.#view.setSpacing(spacingFor(batches));
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
    this.#view.show(this.#batches === 'pair' ? whole : { from: from - margin, to: to + margin });
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
    this.#view.reveal(this.#axis.place(span.end));
    this.#selection.pin({ batchId: side.batch.id, index });
    const verb = kind === 'reading' ? 'read' : 'wrote';
    const state = side.batch[verb];
    if (state === undefined) return;
    this.#listener.announce(`${side.lane.name} ${verb} ${describeState(state)}`);
  }

  readonly #actions: TimelineActions = {
    showBatches: (batches) => this.#showBatches(batches),
    setSpacing: (spacing) => this.#view.setSpacing(spacing),
    zoomIn: () => this.#view.zoom(1 / ZOOM_FACTOR),
    zoomOut: () => this.#view.zoom(ZOOM_FACTOR),
    fit: () => this.#view.show(whole),
    previous: () => this.#goToKeyStep(-1),
    next: () => this.#goToKeyStep(1),
    toFirst: () => this.#toFirst(),
    help: () => this.#listener.onHelp(),
  };

  readonly #keys: Readonly<Record<string, () => void>> = {
    '+': this.#actions.zoomIn,
    '=': this.#actions.zoomIn,
    '-': this.#actions.zoomOut,
    '0': this.#actions.fit,
    ArrowLeft: () => this.#view.pan(-PAN_SHARE),
    ArrowRight: () => this.#view.pan(PAN_SHARE),
    ']': this.#actions.next,
    '[': this.#actions.previous,
    f: this.#actions.toFirst,
    e: () => this.#view.setSpacing(this.#view.spacing === 'even' ? 'true' : 'even'),
    w: () => this.#pair && this.#showBatches(this.#batches === 'pair' ? 'all' : 'pair'),
    Escape: () => this.#selection.pin(undefined),
    '?': this.#actions.help,
  };

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const action = this.#keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  #isOfPair(batchId: string | undefined): boolean {
    if (this.#pair === undefined) return false;
    const { first, second } = this.#pair;
    return batchId === first.batch.id || batchId === second.batch.id;
  }

  #stepOf(id: SpanId | undefined): [Step | undefined, string] {
    if (id === undefined) return [undefined, ''];
    for (const { batches, name } of this.#run.lanes) {
      const batch = batches.find((each) => each.id === id.batchId);
      const span = batch?.spans[id.index];
      if (batch !== undefined && span !== undefined) return [this.#history.step(batch, span), name];
    }
    return [undefined, ''];
  }
}

/** Two batches lie microseconds apart; a whole run is shown to scale. */
const spacingFor = (batches: 'pair' | 'all'): Spacing => (batches === 'pair' ? 'even' : 'true');

const describeRun = ({ title, verdict, lanes }: Run): string =>
  `Timeline of ${title}, ${lanes.length} ${lanes.length === 1 ? 'process' : 'processes'}: ${verdict.because}. The story and the tables contain the same information as text.`;
