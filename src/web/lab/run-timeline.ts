import { type Axis, type Spacing, viewOn, whole } from '../../timeline/axis.js';
import { draw } from '../../timeline/draw.js';
import type { Step } from '../../timeline/file-history.js';
import type { HighlightedPair } from '../../timeline/highlighted-pair.js';
import { axisOfRun, type Layout, layOut } from '../../timeline/layout.js';
import { type Moment, momentsOf } from '../../timeline/moments.js';
import type { Run } from '../../timeline/report.js';
import type { Detail } from '../../timeline/span-kinds.js';
import { valueFlightAt } from '../../timeline/value-flight.js';
import { createSvg, fill, h } from '../dom.js';
import { flyValue } from './fly-value.js';
import { keyHandler } from './key-handler.js';
import { Minimap } from './minimap.js';
import { Playback } from './playback.js';
import { showMoment } from './playhead.js';
import { RunSteps } from './run-steps.js';
import { type SpanId, SpanSelection } from './span-selection.js';
import {
  type TimelineActions,
  type TimelineControls,
  timelineControls,
  ZOOM_FACTOR,
} from './timeline-controls.js';
import { controlByPointer } from './timeline-pointer.js';
import { TimelineView } from './timeline-view.js';

/** A narrower timeline runs downwards, so that its labels have room. In pixels of normal text. */
const ACROSS_WIDTH_MIN = 700;
const PAN_SHARE = 0.2;

/** The share of a run that is shown when the minimap is used while all of it is. */
const ZOOMED_SHARE = 0.2;

/** The size of text for which a timeline is laid out, in pixels. */
const TEXT_PX = 16;

export interface TimelineListener {
  /** Another step is highlighted; `undefined` if none is. */
  readonly onStep: (step: Step | undefined, processName: string) => void;
  /** Another moment is shown; `undefined` if all of them are. */
  readonly onMoment: (at: number | undefined) => void;
  readonly onDetail: (detail: Detail) => void;
  readonly onHelp: () => void;
  readonly announce: (text: string) => void;
}

let timelines = 0;

/** The timeline of a run, with playback, zoom, selection and keyboard control. */
export class RunTimeline {
  readonly element: HTMLElement;
  readonly #run: Run;
  readonly #listener: TimelineListener;
  readonly #id = `timeline${++timelines}`;
  readonly #stage: HTMLElement;
  readonly #steps: RunSteps;
  readonly #pair: HighlightedPair | undefined;
  readonly #controls: TimelineControls;
  readonly #playback = new Playback((index) => this.#goTo(index));
  readonly #minimap: Minimap;
  readonly #view: TimelineView;
  readonly #selection: SpanSelection;
  readonly #resizeObserver: ResizeObserver;
  #batches: 'pair' | 'all';
  #detail: Detail = 'simple';
  #moments: readonly Moment[] = [];
  /** The moment that is shown. */
  #at: number | undefined;
  #axis!: Axis;
  #layout: Layout | undefined;
  #width = 0;

  constructor(run: Run, listener: TimelineListener) {
    this.#run = run;
    this.#listener = listener;
    this.#steps = new RunSteps(run);
    this.#pair = this.#steps.pair;
    this.#batches = this.#pair === undefined ? 'all' : 'pair';
    this.#view = new TimelineView(spacingFor(this.#batches), () => this.#draw());
    this.#stage = h('div', {
      class: 'stage',
      tabindex: 0,
      role: 'group',
      'aria-label': 'Timeline. Press ] for the next step, ? for all keyboard shortcuts.',
      keydown: (event) => this.#onKey(event),
    });
    this.#selection = new SpanSelection(this.#stage, {
      onHighlight: (span) => listener.onStep(...this.#steps.stepOf(span)),
      onPin: (span) => this.#choose(span),
      isOfPair: (batchId) => this.#steps.isOfPair(batchId),
    });
    controlByPointer(this.#stage, this.#view, () => this.#layout, textScale);
    this.#controls = timelineControls(this.#pair, this.#actions);
    this.#minimap = new Minimap(run, { ...this.#actions, onMove: (at) => this.#moveTo(at) });
    this.#setMoments();
    this.element = h(
      'div',
      { class: 'picture' },
      this.#pair && this.#playback.element,
      this.#stage,
      this.#minimap.element,
      this.#controls.element,
    );
    this.#resizeObserver = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width === this.#width || width === 0) return;
      this.#width = width;
      this.#draw();
    });
    this.#resizeObserver.observe(this.#stage);
  }

  close(): void {
    this.#playback.pause();
    this.#resizeObserver.disconnect();
  }

  /** Shows the step of a batch at a moment, and scrolls it into view. */
  show(batchId: string, at: number): void {
    const spans = this.#steps.spansOf(batchId);
    if (spans === undefined) return;
    const index = spans.findIndex(
      ({ kind, start, end }) => kind !== 'holding' && start < at && at <= end,
    );
    if (this.#batches === 'pair' && !this.#steps.isOfPair(batchId)) this.#showBatches('all');
    this.#playback.pause();
    this.#select({ batchId, index: Math.max(0, index) }, at);
    this.#stage.scrollIntoView({ block: 'nearest' });
  }

  /** Plays the steps of the pair from the first one on. */
  play(): void {
    if (this.#pair === undefined) return;
    this.#showBatches('pair');
    this.#playback.play();
    this.#stage.scrollIntoView({ block: 'nearest' });
  }

  /** Shows the state after a step, and what happened in words. */
  #goTo(index: number): void {
    const moment = this.#moments[index];
    if (moment === undefined) return;
    this.#select(moment, moment.at);
    const svg = this.#stage.querySelector('svg');
    if (svg !== null && this.#layout !== undefined) {
      flyValue(svg, valueFlightAt(this.#layout, moment.at));
    }
    this.#listener.announce(moment.text);
  }

  #choose(span: SpanId | undefined): void {
    this.#playback.pause();
    const end = span && this.#steps.spansOf(span.batchId)?.[span.index]?.end;
    this.#select(span, end);
  }

  #select(span: SpanId | undefined, at: number | undefined): void {
    this.#at = at;
    if (at !== undefined) this.#view.reveal(this.#axis.place(at));
    this.#selection.pin(span);
    const isShown = (each: Moment) => each.batchId === span?.batchId && each.index === span.index;
    const exact = this.#moments.findIndex((each) => each.at === at && isShown(each));
    const latest = at === undefined ? -1 : this.#moments.findLastIndex((each) => each.at <= at);
    const index = exact === -1 ? latest : exact; // several steps may end at one time
    this.#playback.show(index === -1 ? undefined : index);
    this.#showMoment();
    this.#listener.onMoment(at);
  }

  #showMoment(): void {
    const svg = this.#stage.querySelector('svg');
    if (svg === null || this.#layout === undefined) return;
    const { from, to } = this.#view.current;
    const { axis } = this.#layout;
    const place = (this.#axis.place(this.#at ?? 0) - from) / (to - from);
    showMoment(svg, this.#layout, this.#at, axis.from + place * (axis.to - axis.from));
  }

  #setMoments(): void {
    this.#moments = this.#pair === undefined ? [] : momentsOf(this.#pair, this.#detail);
    this.#playback.setMoments(this.#moments);
  }

  #toggleDetails(): void {
    this.#detail = this.#detail === 'simple' ? 'full' : 'simple';
    this.#setMoments();
    if (this.#minimap.element.contains(document.activeElement)) this.#stage.focus();
    this.#select(undefined, undefined);
    this.#view.setSpacing(spacingFor(this.#batches));
    this.#listener.onDetail(this.#detail);
  }

  #draw(): void {
    if (this.#width === 0) return;
    const scale = textScale();
    const width = this.#width / scale;
    const { current: view, spacing } = this.#view;
    const [batches, detail] = [this.#batches, this.#detail];
    const direction = batches === 'pair' && width < ACROSS_WIDTH_MIN ? 'down' : 'across';
    this.#axis = axisOfRun(this.#run, { batches, spacing, detail });
    this.#layout = layOut(this.#run, { width, direction, spacing, batches, detail, view });
    const svg = createSvg(draw(this.#layout, this.#id, describeRun(this.#run)));
    // Larger text makes everything larger.
    svg.setAttribute('width', String(width * scale));
    svg.setAttribute('height', String(this.#layout.height * scale));
    fill(this.#stage, svg);
    this.#controls.show({ batches, spacing, detail });
    this.#minimap.element.hidden = detail === 'simple';
    this.#minimap.show(viewOn(this.#axis, view, this.#minimap.axis));
    this.#selection.restore();
    this.#showMoment();
  }

  #showBatches(batches: 'pair' | 'all'): void {
    this.#batches = batches;
    this.#view.setSpacing(spacingFor(batches));
  }

  /** Shows as much of the whole run as before, around a moment. */
  #moveTo(at: number): void {
    if (this.#batches === 'pair') {
      const shown = viewOn(this.#axis, this.#view.current, this.#minimap.axis);
      this.#showBatches('all');
      this.#view.show(shown);
    }
    const { from, to } = this.#view.current;
    const length = this.#view.isWhole ? ZOOMED_SHARE : to - from;
    const middle = this.#axis.place(at);
    this.#view.show({ from: middle - length / 2, to: middle + length / 2 });
  }

  /** Zooms in on the highlighted pair, and shows its first step. */
  #toPair(): void {
    if (this.#pair === undefined) return;
    const batches = [this.#pair.first.batch, this.#pair.second.batch];
    const [from, to] = [
      this.#axis.place(Math.min(...batches.map(({ start }) => start))),
      this.#axis.place(Math.max(...batches.map(({ wrote, end }) => wrote?.at ?? end))),
    ];
    const margin = (to - from) * 0.08;
    this.#view.show(this.#batches === 'pair' ? whole : { from: from - margin, to: to + margin });
    this.#playback.pause();
    this.#goTo(0);
  }

  readonly #actions: TimelineActions = {
    showBatches: (batches) => this.#showBatches(batches),
    setSpacing: (spacing) => this.#view.setSpacing(spacing),
    zoomIn: () => this.#view.zoom(1 / ZOOM_FACTOR),
    zoomOut: () => this.#view.zoom(ZOOM_FACTOR),
    fit: () => this.#view.show(whole),
    toggleDetails: () => this.#toggleDetails(),
    previous: () => this.#moments.length > 0 && this.#playback.step(-1),
    next: () => this.#moments.length > 0 && this.#playback.step(1),
    toPair: () => this.#toPair(),
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
    f: this.#actions.toPair,
    d: this.#actions.toggleDetails,
    p: () => this.#pair && this.#playback.toggle(),
    e: () => this.#view.setSpacing(this.#view.spacing === 'even' ? 'true' : 'even'),
    w: () => this.#pair && this.#showBatches(this.#batches === 'pair' ? 'all' : 'pair'),
    Escape: () => this.#choose(undefined),
    '?': this.#actions.help,
  };
  readonly #onKey = keyHandler(this.#keys);
}

/** How much larger text is than usual: a reader may have set it in the browser. */
const textScale = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / TEXT_PX || 1;

/** Two batches lie microseconds apart; a whole run is shown to scale. */
const spacingFor = (batches: 'pair' | 'all'): Spacing => (batches === 'pair' ? 'even' : 'true');

const describeRun = ({ title, verdict, lanes }: Run): string =>
  `Timeline of ${title}, ${lanes.length} ${lanes.length === 1 ? 'process' : 'processes'}: ${verdict.because}. The story and the tables contain the same information as text.`;
