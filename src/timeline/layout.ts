import { Axis, type Spacing, type View } from './axis.js';
import { findHighlightedPair, type HighlightedPair, type TimelineRun } from './highlighted-pair.js';
import { type PlacedLane, placeLanes } from './lane-rows.js';
import type { Batch, Mark, Span, SpanKind } from './report.js';

/** `across`: time runs to the right and a lane is a row. `down`: time runs down and a lane is a column. */
export type Direction = 'across' | 'down';

export interface LayoutOptions {
  /** In pixels. */
  readonly width: number;
  readonly direction: Direction;
  readonly spacing: Spacing;
  /** The highlighted pair, or all batches. A run without a pair shows all. */
  readonly batches: 'pair' | 'all';
  readonly view: View;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A span of a batch, as it is drawn. */
export interface Block extends Box {
  readonly kind: SpanKind;
  readonly pid: number;
  readonly batchId: string;
  /** The index of the span in its batch. */
  readonly index: number;
  /** It belongs to the highlighted pair. */
  readonly highlighted: boolean;
  /** The serials that a `deciding` span sells. */
  readonly serials: readonly number[];
  readonly overtaken: boolean;
  readonly unfinished: boolean;
}

/** A state that a process read or wrote. */
export interface StateDot extends Point {
  /** Where its label begins: at the side of its row that faces away from the other lane. */
  readonly labelAt: Point;
  readonly side: 'before' | 'after';
  readonly step: KeyStep;
  readonly batchId: string;
  readonly verb: 'read' | 'wrote';
  readonly remaining: number | undefined;
  readonly version: number;
  /** It was overwritten. */
  readonly lost: boolean;
}

export interface LaneBox extends Box {
  readonly pid: number;
  readonly name: string;
}

/** Between two states: one write erased the other, a read saw a write, or both read the same. */
export interface Arrow {
  readonly kind: 'erases' | 'sees' | 'same';
  readonly from: Point;
  readonly to: Point;
}

export interface Tick {
  readonly along: number;
  readonly at: number;
}

export interface PlacedMark extends Point {
  readonly kind: Mark['kind'];
  readonly at: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly direction: Direction;
  readonly batches: 'pair' | 'all';
  /** There is only room for short labels. */
  readonly isNarrow: boolean;
  readonly lanes: readonly LaneBox[];
  readonly blocks: readonly Block[];
  readonly dots: readonly StateDot[];
  readonly arrows: readonly Arrow[];
  readonly ticks: readonly Tick[];
  readonly marks: readonly PlacedMark[];
  /** Where the axis begins and ends, in pixels. */
  readonly axis: { readonly from: number; readonly to: number };
}

/** The two reads and the two writes of a highlighted pair, in the order in which they are visited. */
export type KeyStep = 'firstRead' | 'secondRead' | 'firstWrite' | 'secondWrite';

/** In pixels. */
const size = {
  /** Beside the lanes, so that the ends of blocks are visible. */
  margin: 10,
  /** Room for tick labels: above the lanes, or to the left of them when time runs down. */
  times: { across: 26, down: 76, narrow: 54 },
  /** More room to the left for each digit of a time of a second and longer. */
  timeDigit: 8,
  laneTitle: 26,
  /** Between lanes; the gap of a pair has room for arrows. */
  laneGap: { across: 12, down: 12 },
  pairGap: {
    across: () => 52,
    down: (width: number) => width / 6,
    narrow: (width: number) => width / 7,
  },
  pairRow: { across: 42, down: 150 },
  /** Room beside a row for the labels of states. */
  states: { across: 40, down: 96, narrow: 62 },
  /** Narrower than this, with time running down, there is only room for short labels. */
  narrow: 400,
  step: 40,
  allRow: { min: 3, max: 22, lane: 190 },
  blockMin: 1.2,
} as const;

/** Lays out a run: geometry only, so that the page and the HTML report draw the same. */
export function layOut(run: TimelineRun, options: LayoutOptions): Layout {
  const pair = findHighlightedPair(run);
  const batches = pair === undefined ? 'all' : options.batches;
  const lanes = placeLanes(run.lanes, batches === 'pair' ? pair : undefined);
  const axis = axisOf(lanes, options.spacing);
  return new LayoutBuilder(lanes, axis, pair, { ...options, batches }).layout();
}

/** The axis on which `layOut` places a run. */
export function axisOfRun(run: TimelineRun, batches: 'pair' | 'all', spacing: Spacing): Axis {
  return axisOf(
    placeLanes(run.lanes, batches === 'pair' ? findHighlightedPair(run) : undefined),
    spacing,
  );
}

function axisOf(lanes: readonly PlacedLane[], spacing: Spacing): Axis {
  const batches = lanes.flatMap((lane) => lane.batches.map(({ batch }) => batch));
  const ofSpans = batches.flatMap(({ spans }) => spans.flatMap(({ start, end }) => [start, end]));
  return new Axis(ofSpans.length > 0 ? ofSpans : [0, 1], spacing);
}

/** Computes positions along time and across the lanes; only the last step knows the direction. */
class LayoutBuilder {
  readonly #lanes: readonly PlacedLane[];
  readonly #axis: Axis;
  readonly #isNarrow: boolean;
  readonly #pair: HighlightedPair | undefined;
  readonly #options: LayoutOptions;
  readonly #begin: number;
  readonly #length: number;
  // Of each lane, across: its start, the start of its first row, the thickness of a row and of the lane.
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];
  readonly #rows: number[] = [];
  readonly #thickness: number[] = [];
  readonly #totalAcross: number;

  constructor(
    lanes: readonly PlacedLane[],
    axis: Axis,
    pair: HighlightedPair | undefined,
    options: LayoutOptions,
  ) {
    this.#lanes = lanes;
    this.#axis = axis;
    this.#pair = pair;
    this.#options = options;
    const { direction, width, batches } = options;
    const isDown = direction === 'down';
    this.#begin = isDown ? size.laneTitle + size.margin : size.margin;
    this.#length = isDown
      ? Math.max(300, Math.min(axis.steps, 18) * size.step)
      : width - 2 * size.margin;
    this.#isNarrow = isDown && width < size.narrow;
    const room = this.#isNarrow ? 'narrow' : direction;
    const gap = batches === 'all' ? size.laneGap[direction] : size.pairGap[room](width);
    const longDigits = isDown ? Math.max(0, String(Math.floor(axis.last)).length - 3) : 0;
    const times = size.times[room] + size.timeDigit * longDigits;
    const laneWidth = (width - times - gap * (lanes.length - 1)) / lanes.length;
    let offset: number = times;
    for (const [index, { rows }] of lanes.entries()) {
      const states = batches === 'all' ? 0 : size.states[room];
      // Two lanes have the labels of their states on the outside: the arrows are between them.
      const statesBefore = lanes.length === 2 && index === 0 ? states : 0;
      const row = this.#rowThickness(rows, isDown ? laneWidth - states : undefined);
      const titled = isDown ? 0 : size.laneTitle;
      const spare = isDown ? laneWidth - states - rows * row : 0;
      this.#starts.push(offset);
      this.#offsets.push(offset + titled + statesBefore + (index === 0 ? spare : 0));
      this.#rows.push(row);
      this.#thickness.push(titled + rows * row + states + spare);
      offset += titled + rows * row + states + spare + gap;
    }
    this.#totalAcross = offset - gap;
  }

  /** The thickness of a row: a lane with many rows has thin ones. */
  #rowThickness(rows: number, laneWidth: number | undefined): number {
    const { batches, direction } = this.#options;
    if (batches === 'pair') {
      return laneWidth === undefined
        ? size.pairRow[direction]
        : Math.max(36, Math.min(size.pairRow.down, laneWidth / rows));
    }
    const { min, max, lane } = size.allRow;
    return Math.max(min, Math.min(max, (laneWidth ?? lane) / rows));
  }

  layout(): Layout {
    const { direction, batches, view, width } = this.#options;
    const isDown = direction === 'down';
    const end = this.#begin + this.#length;
    const maxTicks = Math.floor(this.#length / (isDown ? 24 : 100));
    const dots = this.#dots();
    return {
      width,
      height: (isDown ? end : this.#totalAcross) + size.margin,
      direction,
      batches,
      isNarrow: this.#isNarrow,
      lanes: this.#lanes.map(({ lane }, index) => ({
        ...this.#box(
          this.#begin,
          this.#length,
          this.#starts[index] ?? 0,
          this.#thickness[index] ?? 0,
        ),
        pid: lane.pid,
        name: lane.name,
      })),
      blocks: this.#blocks(),
      dots,
      arrows: this.#arrows(dots),
      ticks: this.#axis.ticks(view, maxTicks).map((at) => ({ at, along: this.#along(at) })),
      marks: this.#marks(),
      axis: { from: this.#begin, to: end },
    };
  }

  #along(at: number): number {
    const { from, to } = this.#options.view;
    return this.#begin + ((this.#axis.place(at) - from) / (to - from)) * this.#length;
  }

  #blocks(): Block[] {
    const highlighted = new Set([this.#pair?.first.batch.id, this.#pair?.second.batch.id]);
    return this.#lanes.flatMap(({ lane, batches }, laneIndex) =>
      batches.flatMap(({ batch, row }) => {
        const thickness = this.#rows[laneIndex] ?? 0;
        const across = (this.#offsets[laneIndex] ?? 0) + row * thickness;
        return batch.spans.flatMap((span, index) => {
          const box = this.#spanBox(span, across, thickness);
          if (box === undefined) return [];
          const { kind, overtaken = false, unfinished = false } = span;
          return [
            {
              ...box,
              kind,
              pid: lane.pid,
              batchId: batch.id,
              index,
              highlighted: highlighted.has(batch.id),
              serials: kind === 'deciding' ? batch.serials : [],
              overtaken,
              unfinished,
            },
          ];
        });
      }),
    );
  }

  /** The visible box of a span. `holding` covers the other spans and is drawn around them. */
  #spanBox({ kind, start, end }: Span, across: number, thickness: number): Box | undefined {
    const from = Math.max(this.#along(start), this.#begin);
    const to = Math.min(this.#along(end), this.#begin + this.#length);
    if (to < from || (to === from && from === this.#begin)) return undefined;
    const inset = kind === 'holding' ? 0 : Math.min(4, thickness * 0.12);
    const length = Math.max(size.blockMin, to - from);
    return this.#box(from, length, across + inset, thickness - 2 * inset);
  }

  #dots(): StateDot[] {
    const pair = this.#pair;
    if (pair === undefined) return [];
    const dots: (StateDot | undefined)[] = [
      this.#dot('firstRead', pair.first.batch, 'read'),
      this.#dot('secondRead', pair.second.batch, 'read'),
      this.#dot('firstWrite', pair.first.batch, 'wrote'),
      this.#dot('secondWrite', pair.second.batch, 'wrote'),
    ];
    return dots.filter((dot) => dot !== undefined);
  }

  #dot(step: KeyStep, batch: Batch, verb: 'read' | 'wrote'): StateDot | undefined {
    const state = batch[verb];
    if (state === undefined) return undefined;
    const along = this.#along(state.at);
    if (along < this.#begin - 1 || along > this.#begin + this.#length + 1) return undefined;
    for (const [index, { batches }] of this.#lanes.entries()) {
      const placed = batches.find((each) => each.batch.id === batch.id);
      if (placed === undefined) continue;
      const thickness = this.#rows[index] ?? 0;
      const across = (this.#offsets[index] ?? 0) + (placed.row + 0.5) * thickness;
      const before = this.#lanes.length === 2 && index === 0;
      const edge = across + (before ? -1 : 1) * (thickness / 2);
      return {
        ...this.#point(along, across),
        labelAt: this.#point(along, edge),
        side: before ? 'before' : 'after',
        step,
        batchId: batch.id,
        verb,
        remaining: state.remaining,
        version: state.version,
        lost: this.#pair?.kind === 'lostUpdate' && step === 'firstWrite',
      };
    }
    return undefined;
  }

  #arrows(dots: readonly StateDot[]): Arrow[] {
    const at = (name: KeyStep) => dots.find(({ step }) => step === name);
    const arrow = (kind: Arrow['kind'], from: KeyStep, to: KeyStep): Arrow[] => {
      const [begin, end] = [at(from), at(to)];
      return begin && end ? [{ kind, from: begin, to: end }] : [];
    };
    return this.#pair?.kind === 'lostUpdate'
      ? [
          ...arrow('same', 'firstRead', 'secondRead'),
          ...arrow('erases', 'secondWrite', 'firstWrite'),
        ]
      : arrow('sees', 'firstWrite', 'secondRead');
  }

  #marks(): PlacedMark[] {
    const end = this.#begin + this.#length;
    return this.#lanes.flatMap(({ lane }, index) =>
      lane.marks.flatMap(({ kind, at }) => {
        const along = this.#along(at);
        if (along < this.#begin || along > end) return [];
        const across = (this.#starts[index] ?? 0) + (this.#thickness[index] ?? 0) / 2;
        return [{ ...this.#point(along, across), kind, at }];
      }),
    );
  }

  #box(along: number, length: number, across: number, thickness: number): Box {
    return this.#options.direction === 'down'
      ? { x: across, y: along, width: thickness, height: length }
      : { x: along, y: across, width: length, height: thickness };
  }

  #point(along: number, across: number): Point {
    return this.#options.direction === 'down' ? { x: across, y: along } : { x: along, y: across };
  }
}
