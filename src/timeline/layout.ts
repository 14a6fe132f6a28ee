import { Axis, type Spacing, type View } from './axis.js';
import { type Drawn, type Pair, pairOf } from './pair.js';
import { type PlacedLane, placeLanes } from './placed-lanes.js';
import type { Batch, Mark, Span, SpanKind } from './report.js';

/** `across`: time goes to the right, a lane is a row. `down`: time goes down, a lane is a column. */
export type Direction = 'across' | 'down';

export interface LayoutOptions {
  /** Pixels from side to side. */
  readonly width: number;
  readonly direction: Direction;
  readonly spacing: Spacing;
  /** The two turns that the run is told by, or all. Where there are no such two, all. */
  readonly batches: 'pair' | 'all';
  /** The part of time that is seen. */
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

/** A step of a process, as it is drawn. */
export interface Block extends Box {
  readonly kind: SpanKind;
  readonly pid: number;
  readonly batchId: string;
  /** Which of the turn's spans it is. */
  readonly index: number;
  /** It is of one of the two turns that the run is told by. */
  readonly results: boolean;
  /** What was decided: the serials that are sold. */
  readonly sells: readonly number[];
  readonly overtaken: boolean;
  readonly partialBytes: boolean;
}

/** A state that a process read, or wrote. */
export interface StateDot extends Point {
  /** Where it is told: at the side of its row that is away from the other lane. */
  readonly results: Point;
  readonly side: 'before' | 'after';
  readonly stop: StopName;
  readonly batchId: string;
  readonly verb: 'read' | 'wrote';
  readonly left: number | undefined;
  readonly version: number;
  /** It was written over. */
  readonly lost: boolean;
}

export interface LaneBox extends Box {
  readonly pid: number;
  readonly name: string;
}

/** From state to state: which write erased which, or which read saw which write. */
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
  /** There is room for short words only. */
  readonly isNarrow: boolean;
  readonly lanes: readonly LaneBox[];
  readonly blocks: readonly Block[];
  readonly dots: readonly StateDot[];
  readonly arrows: readonly Arrow[];
  readonly ticks: readonly Tick[];
  readonly marks: readonly PlacedMark[];
  /** Where time begins and ends, along the axis. */
  readonly axis: { readonly from: number; readonly to: number };
}

/** The two reads and the two writes, in the order in which they are followed. */
export type StopName = 'firstRead' | 'secondRead' | 'firstWrite' | 'secondWrite';

/** In pixels. */
const size = {
  /** Beside the lanes, so that what begins or ends there can be told. */
  margin: 10,
  /** Room for times: above when time goes across, to the left when it goes down. */
  times: { across: 26, down: 72, narrow: 50 },
  laneTitle: 26,
  /** Between lanes; between the two of a pair there is room for arrows. */
  laneGap: { across: 12, down: 12 },
  pairGap: {
    across: () => 52,
    down: (width: number) => width / 6,
    narrow: (width: number) => width / 7,
  },
  pairRow: { across: 42, down: 150 },
  /** Room beside a row for what was read and written. */
  states: { across: 40, down: 96, narrow: 62 },
  /** A picture narrower than this, with time going down, has room for short words only. */
  narrow: 400,
  step: 40,
  allRow: { least: 3, most: 22, lane: 190 },
  blockMin: 1.2,
} as const;

/** Puts a run into a picture: geometry only, so that a page and a file can draw the same. */
export function layOut(run: Drawn, options: LayoutOptions): Layout {
  const pair = pairOf(run);
  const batches = pair === undefined ? 'all' : options.batches;
  const lanes = placeLanes(run.lanes, batches === 'pair' ? pair : undefined);
  const axis = axisOf(lanes, options.spacing);
  return new Plan(lanes, axis, pair, { ...options, batches }).layout();
}

/** The axis that a run is laid out on; what asks for a place in a view needs it too. */
export function axisOfRun(run: Drawn, batches: 'pair' | 'all', spacing: Spacing): Axis {
  return axisOf(placeLanes(run.lanes, batches === 'pair' ? pairOf(run) : undefined), spacing);
}

function axisOf(lanes: readonly PlacedLane[], spacing: Spacing): Axis {
  const batches = lanes.flatMap((lane) => lane.batches.map(({ batch }) => batch));
  const ofSpans = batches.flatMap(({ spans }) => spans.flatMap(({ start, end }) => [start, end]));
  return new Axis(ofSpans.length > 0 ? ofSpans : [0, 1], spacing);
}

/** Everything is placed along time and across the lanes first, and turned at the end. */
class Plan {
  readonly #lanes: readonly PlacedLane[];
  readonly #axis: Axis;
  readonly #isNarrow: boolean;
  readonly #pair: Pair | undefined;
  readonly #options: LayoutOptions;
  readonly #begin: number;
  readonly #length: number;
  /** Where each lane begins, across, and its first row, and how thick a row and the lane are. */
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];
  readonly #rows: number[] = [];
  readonly #thickness: number[] = [];
  readonly #across: number;

  constructor(
    lanes: readonly PlacedLane[],
    axis: Axis,
    pair: Pair | undefined,
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
    const times = size.times[room];
    const laneWidth = (width - times - gap * (lanes.length - 1)) / lanes.length;
    let offset: number = times;
    for (const [index, { rows }] of lanes.entries()) {
      const states = batches === 'all' ? 0 : size.states[room];
      // What two lanes read and wrote stands on their far sides: between them are the arrows.
      const statesBefore = lanes.length === 2 && index === 0 ? states : 0;
      const row = this.#rowOf(rows, isDown ? laneWidth - states : undefined);
      const titled = isDown ? 0 : size.laneTitle;
      const spare = isDown ? laneWidth - states - rows * row : 0;
      this.#starts.push(offset);
      this.#offsets.push(offset + titled + statesBefore + (index === 0 ? spare : 0));
      this.#rows.push(row);
      this.#thickness.push(titled + rows * row + states + spare);
      offset += titled + rows * row + states + spare + gap;
    }
    this.#across = offset - gap;
  }

  /** How thick a row is: a lane with many of them has thin ones. */
  #rowOf(rows: number, laneWidth: number | undefined): number {
    const { batches, direction } = this.#options;
    if (batches === 'pair') {
      return laneWidth === undefined
        ? size.pairRow[direction]
        : Math.max(36, Math.min(size.pairRow.down, laneWidth / rows));
    }
    const { least, most, lane } = size.allRow;
    return Math.max(least, Math.min(most, (laneWidth ?? lane) / rows));
  }

  layout(): Layout {
    const { direction, batches, view, width } = this.#options;
    const isDown = direction === 'down';
    const end = this.#begin + this.#length;
    const most = Math.floor(this.#length / (isDown ? 24 : 100));
    const dots = this.#dots();
    return {
      width,
      height: (isDown ? end : this.#across) + size.margin,
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
      ticks: this.#axis.ticks(view, most).map((at) => ({ at, along: this.#along(at) })),
      marks: this.#marks(),
      axis: { from: this.#begin, to: end },
    };
  }

  #along(at: number): number {
    const { from, to } = this.#options.view;
    return this.#begin + ((this.#axis.place(at) - from) / (to - from)) * this.#length;
  }

  #blocks(): Block[] {
    const results = new Set([this.#pair?.first.batch.id, this.#pair?.second.batch.id]);
    return this.#lanes.flatMap(({ lane, batches }, index) =>
      batches.flatMap(({ batch, row }) => {
        const thickness = this.#rows[index] ?? 0;
        const across = (this.#offsets[index] ?? 0) + row * thickness;
        return batch.spans.flatMap((span, which) => {
          const box = this.#block(span, across, thickness);
          if (box === undefined) return [];
          const { kind, overtaken = false, partialBytes = false } = span;
          const of = {
            pid: lane.pid,
            batchId: batch.id,
            index: which,
            results: results.has(batch.id),
          };
          const sells = kind === 'deciding' ? batch.serials : [];
          return [{ ...box, ...of, kind, sells, overtaken, partialBytes }];
        });
      }),
    );
  }

  /** The box of a span, as far as it is seen. Holding spans the others, and is drawn around them. */
  #block({ kind, start, end }: Span, across: number, thickness: number): Box | undefined {
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

  #dot(stop: StopName, batch: Batch, verb: 'read' | 'wrote'): StateDot | undefined {
    const seen = batch[verb];
    if (seen === undefined) return undefined;
    const along = this.#along(seen.at);
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
        results: this.#point(along, edge),
        side: before ? 'before' : 'after',
        stop,
        batchId: batch.id,
        verb,
        left: seen.left,
        version: seen.version,
        lost: this.#pair?.kind === 'lost' && stop === 'firstWrite',
      };
    }
    return undefined;
  }

  #arrows(dots: readonly StateDot[]): Arrow[] {
    const at = (name: StopName) => dots.find(({ stop }) => stop === name);
    const arrow = (kind: Arrow['kind'], from: StopName, to: StopName): Arrow[] => {
      const [begin, end] = [at(from), at(to)];
      return begin && end ? [{ kind, from: begin, to: end }] : [];
    };
    return this.#pair?.kind === 'lost'
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
