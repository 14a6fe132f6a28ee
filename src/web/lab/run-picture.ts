import { type Axis, type Spacing, type View, whole } from '../../timeline/axis.js';
import { draw } from '../../timeline/draw.js';
import { axisOfRun, type Layout, layOut, type StopName } from '../../timeline/layout.js';
import { type Pair, pairOf, type Side } from '../../timeline/pair.js';
import type { Run } from '../../timeline/report.js';
import { fill, grow, h } from '../dom.js';
import { words } from '../words.js';
import { FileStory, type Step } from './steps.js';

const text = words.picture;

/** Narrower than this, time goes down: the words have room then. */
const ACROSS_FROM = 700;
const ZOOM = 1.6;
const PAN = 0.2;
const NARROWEST: Readonly<Record<Spacing, number>> = { true: 0.0005, even: 0.01 };

const stops: readonly StopName[] = ['firstRead', 'secondRead', 'firstWrite', 'secondWrite'];

export interface PictureHooks {
  /** A step was pointed at or pinned; nothing is, any more. */
  readonly onStep: (step: Step | undefined, name: string) => void;
  readonly onHelp: () => void;
  readonly say: (text: string) => void;
}

let drawn = 0;

/** The swim lanes of a run, to be looked into. */
export class RunPicture {
  readonly element: HTMLElement;
  readonly #run: Run;
  readonly #hooks: PictureHooks;
  readonly #id = `run${++drawn}`;
  readonly #stage: HTMLElement;
  readonly #pair: Pair | undefined;
  readonly #file: FileStory;
  readonly #sizes: ResizeObserver;
  readonly #toggles = new Map<string, HTMLButtonElement>();
  #batches: 'pair' | 'all';
  #spacing: Spacing;
  #view: View = whole;
  #axis!: Axis;
  #layout: Layout | undefined;
  #pinned: { readonly batchId: string; readonly index: number } | undefined;
  #stop = -1;
  #width = 0;

  constructor(run: Run, hooks: PictureHooks) {
    this.#run = run;
    this.#hooks = hooks;
    this.#pair = pairOf(run);
    this.#file = new FileStory(run);
    this.#batches = this.#pair === undefined ? 'all' : 'pair';
    this.#spacing = this.#pair === undefined ? 'true' : 'even';
    this.#stage = h('div', {
      class: 'stage',
      tabindex: 0,
      role: 'group',
      'aria-label': text.stage,
      keydown: (event) => this.#key(event as KeyboardEvent),
      pointerover: (event) => this.#point(event.target as Element),
      pointerleave: () => this.#light(this.#pinned),
      click: (event) => this.#click(event.target as Element),
      wheel: (event) => this.#wheel(event as WheelEvent),
    });
    this.#dragging();
    this.element = h('div', { class: 'picture' }, this.#controls(), this.#stage);
    this.#sizes = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width === this.#width || width === 0) return;
      this.#width = width;
      this.#draw();
    });
    this.#sizes.observe(this.#stage);
  }

  close(): void {
    this.#sizes.disconnect();
  }

  /** Keeps the step that a turn was at, and brings it into view. */
  show(batchId: string, at: number): void {
    for (const { batches } of this.#run.lanes) {
      const spans = batches.find(({ id }) => id === batchId)?.spans;
      if (spans === undefined) continue;
      const within = spans.findIndex(
        ({ kind, start, end }) => kind !== 'holding' && start < at && at <= end,
      );
      const pair = [this.#pair?.first.batch.id, this.#pair?.second.batch.id];
      if (this.#batches === 'pair' && !pair.includes(batchId)) this.#show('all');
      this.#bringIntoView(at);
      this.#pin({ batchId, index: Math.max(0, within) });
      this.#stage.scrollIntoView({ block: 'nearest' });
    }
  }

  #controls(): HTMLElement {
    const button = (label: string, shown: string, act: () => void, key?: string) =>
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': label === shown ? undefined : label,
          title: key === undefined ? label : `${label}  (${key})`,
          click: act,
        },
        shown,
      );
    const toggle = (name: string, label: string, act: () => void) => {
      const made = h('button', { type: 'button', class: 'quiet', click: act }, label);
      this.#toggles.set(name, made);
      return made;
    };
    const pair = this.#pair;
    return h(
      'div',
      { class: 'controls', role: 'group', 'aria-label': text.controls },
      pair &&
        h(
          'span',
          { class: 'segments' },
          toggle('pair', text.pair, () => this.#show('pair')),
          toggle('all', text.all, () => this.#show('all')),
        ),
      h(
        'span',
        { class: 'segments' },
        toggle('even', text.even, () => this.#space('even')),
        toggle('true', text.true, () => this.#space('true')),
      ),
      h(
        'span',
        { class: 'segments' },
        button(text.zoomOut, '−', () => this.#zoom(ZOOM), '−'),
        button(text.zoomIn, '+', () => this.#zoom(1 / ZOOM), '+'),
        button(text.fit, text.fit, () => this.#setView(whole), '0'),
      ),
      pair &&
        h(
          'span',
          { class: 'segments' },
          button(text.previous, '[', () => this.#catchUp(-1), '['),
          button(text.next, ']', () => this.#catchUp(1), ']'),
        ),
      pair && button(text.first[pair.kind], text.first[pair.kind], () => this.#toFirst(), 'f'),
      button(text.help, '?', this.#hooks.onHelp, '?'),
    );
  }

  #draw(): void {
    if (this.#width === 0) return;
    const direction = this.#batches === 'pair' && this.#width < ACROSS_FROM ? 'down' : 'across';
    this.#axis = axisOfRun(this.#run, this.#batches, this.#spacing);
    const options = { width: this.#width, direction, spacing: this.#spacing } as const;
    this.#layout = layOut(this.#run, { ...options, batches: this.#batches, view: this.#view });
    fill(this.#stage, grow(draw(this.#layout, this.#id, text.about(this.#run))));
    for (const [name, button] of this.#toggles) {
      const on = name === this.#batches || name === this.#spacing;
      button.setAttribute('aria-pressed', String(on));
    }
    if (this.#pinned !== undefined) this.#light(this.#pinned);
  }

  #show(batches: 'pair' | 'all'): void {
    this.#batches = batches;
    this.#spacing = batches === 'pair' ? 'even' : 'true';
    this.#setView(whole);
  }

  #space(spacing: Spacing): void {
    this.#spacing = spacing;
    this.#setView(whole);
  }

  #setView({ from, to }: View): void {
    const length = Math.min(1, Math.max(NARROWEST[this.#spacing], to - from));
    const begin = Math.min(1 - length, Math.max(0, from));
    this.#view = { from: begin, to: begin + length };
    this.#draw();
  }

  /** @param factor more than 1: more is seen @param around a place on the axis that stays where it is */
  #zoom(factor: number, around?: number): void {
    const { from, to } = this.#view;
    const still = around ?? (from + to) / 2;
    this.#setView({ from: still - (still - from) * factor, to: still + (to - still) * factor });
  }

  #pan(part: number): void {
    const { from, to } = this.#view;
    const by = (to - from) * part;
    this.#setView({ from: from + by, to: to + by });
  }

  /** Shows the two turns, close enough to see what they did to each other. */
  #toFirst(): void {
    if (this.#pair === undefined) return;
    const batches = [this.#pair.first.batch, this.#pair.second.batch];
    const [from, to] = [
      this.#axis.place(Math.min(...batches.map(({ start }) => start))),
      this.#axis.place(Math.max(...batches.map(({ wrote, end }) => wrote?.at ?? end))),
    ];
    const room = (to - from) * 0.08;
    this.#setView(this.#batches === 'pair' ? whole : { from: from - room, to: to + room });
    this.#stop = -1;
    this.#catchUp(1);
  }

  /** Goes from read to read and from write to write, as the arrow does. */
  #catchUp(by: 1 | -1): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    this.#stop =
      (this.#stop + by + stops.length + (this.#stop === -1 && by < 0 ? 1 : 0)) % stops.length;
    const stop = stops[this.#stop] ?? 'firstRead';
    const side: Side = stop.startsWith('first') ? pair.first : pair.second;
    const kind = stop.endsWith('Read') ? 'reading' : 'writing';
    const index = side.batch.spans.findLastIndex((span) => span.kind === kind);
    const span = side.batch.spans[index];
    if (span === undefined) return;
    this.#bringIntoView(span.end);
    this.#pin({ batchId: side.batch.id, index });
    const seen = kind === 'reading' ? side.batch.read : side.batch.wrote;
    if (seen === undefined) return;
    const verb = kind === 'reading' ? 'read' : 'wrote';
    this.#hooks.say(`${side.lane.name} ${text.state(verb, seen.left, seen.version)}`);
  }

  #bringIntoView(at: number): void {
    const place = this.#axis.place(at);
    const { from, to } = this.#view;
    if (place < from || place > to) this.#pan((place - (from + to) / 2) / (to - from));
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const act = this.#acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  readonly #acts: Readonly<Record<string, () => void>> = {
    '+': () => this.#zoom(1 / ZOOM),
    '=': () => this.#zoom(1 / ZOOM),
    '-': () => this.#zoom(ZOOM),
    '0': () => this.#setView(whole),
    ArrowLeft: () => this.#pan(-PAN),
    ArrowRight: () => this.#pan(PAN),
    ']': () => this.#catchUp(1),
    '[': () => this.#catchUp(-1),
    f: () => this.#toFirst(),
    e: () => this.#space(this.#spacing === 'even' ? 'true' : 'even'),
    w: () => this.#pair && this.#show(this.#batches === 'pair' ? 'all' : 'pair'),
    Escape: () => this.#pin(undefined),
    '?': () => this.#hooks.onHelp(),
  };

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    this.#zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, this.#placeUnder(event));
  }

  #dragging(): void {
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

  /** Which place of the axis a pointer is over. */
  #placeUnder(event: MouseEvent): number {
    const { from, to } = this.#view;
    if (this.#layout === undefined) return (from + to) / 2;
    const { left, top } = this.#stage.getBoundingClientRect();
    const at = this.#layout.direction === 'down' ? event.clientY - top : event.clientX - left;
    const { axis } = this.#layout;
    return from + ((at - axis.from) / (axis.to - axis.from)) * (to - from);
  }

  #point(target: Element): void {
    const block = blockOf(target);
    if (this.#pinned === undefined) this.#light(block);
  }

  #click(target: Element): void {
    const block = blockOf(target);
    const same = block?.batchId === this.#pinned?.batchId && block?.index === this.#pinned?.index;
    this.#pin(same ? undefined : block);
  }

  #pin(block: { readonly batchId: string; readonly index: number } | undefined): void {
    this.#pinned = block;
    this.#light(block);
  }

  /** Dims all but the turn of a step. */
  #light(block: { readonly batchId: string; readonly index: number } | undefined): void {
    const svg = this.#stage.firstElementChild;
    svg?.classList.toggle('dimmed', block !== undefined);
    const pair = [this.#pair?.first.batch.id, this.#pair?.second.batch.id];
    svg?.classList.toggle('told', pair.includes(block?.batchId));
    for (const each of this.#stage.querySelectorAll<SVGElement>('[data-turn]')) {
      const { batch, span } = each.dataset;
      const isPinned = batch === block?.batchId && span === String(block?.index);
      each.classList.toggle('lit', batch === block?.batchId);
      each.classList.toggle('pinned', isPinned);
    }
    const [step, name] = block === undefined ? [undefined, ''] : this.#stepOf(block);
    this.#hooks.onStep(step, name);
  }

  #stepOf({ batchId, index }: { batchId: string; index: number }): [Step | undefined, string] {
    for (const { batches, name } of this.#run.lanes) {
      const batch = batches.find(({ id }) => id === batchId);
      const span = batch?.spans[index];
      if (batch !== undefined && span !== undefined) return [this.#file.step(batch, span), name];
    }
    return [undefined, ''];
  }
}

function blockOf(target: Element): { batchId: string; index: number } | undefined {
  const block = target.closest<SVGElement>('.block');
  const { batch, span } = block?.dataset ?? {};
  return batch === undefined ? undefined : { batchId: batch, index: Number(span) };
}
