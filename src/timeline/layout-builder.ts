import type { Axis } from './axis.js';
import {
  type HighlightedPair,
  type KeyState,
  type KeyStep,
  keyStates,
} from './highlighted-pair.js';
import type { PlacedLane } from './lane-rows.js';
import type {
  Arrow,
  Block,
  Box,
  Layout,
  LayoutOptions,
  PlacedMark,
  Point,
  StateDot,
  StripBox,
} from './layout.js';
import type { Span } from './report.js';
import { isShown } from './span-kinds.js';
import type { Strip } from './state-strips.js';

/** In pixels. */
const size = {
  /** Beside the lanes, so that the ends of blocks are visible. */
  margin: 10,
  /** Room for tick labels: above the lanes, or to the left of them when time runs down. */
  times: { across: 26, down: 76, narrow: 54, none: 6 },
  /** More room to the left for each digit of a time of a second and longer. */
  timeDigit: 8,
  laneTitle: { across: 26, down: 38 },
  /** Between lanes; the gap of a pair has room for arrows. */
  laneGap: { across: 12, down: 12 },
  pairGap: {
    across: () => 52,
    down: (width: number) => width / 8,
    narrow: (width: number) => width / 9,
  },
  pairRow: { across: 42, down: 150 },
  /** Room beside a row for the labels of states. A narrow timeline has them in its blocks. */
  states: { across: 40, down: 96, narrow: 0 },
  /** The thickness of a strip, its title above it, and the gap before it. */
  strip: {
    across: { bar: 24, title: 20, gap: 10 },
    down: { bar: 64, title: 0, gap: 8 },
    narrow: { bar: 36, title: 0, gap: 5 },
  },
  /** Narrower than this, with time running down, the labels of states have no room beside the blocks. */
  narrow: 640,
  step: 40,
  /** For the outlines of the last strip. */
  edge: 2,
  allRow: { min: 3, max: 22, lane: 190 },
  blockMin: 1.2,
} as const;

/** Where the rows of a lane are, across time. */
interface LaneGeometry {
  readonly start: number;
  readonly firstRow: number;
  readonly row: number;
  /** Between two rows. */
  readonly rowGap: number;
  readonly thickness: number;
}

/** Computes positions along time and across the lanes; only the last step knows the direction. */
export class LayoutBuilder {
  readonly #lanes: readonly PlacedLane[];
  readonly #strips: readonly Strip[];
  readonly #axis: Axis;
  readonly #isNarrow: boolean;
  readonly #pair: HighlightedPair | undefined;
  readonly #options: LayoutOptions;
  readonly #begin: number;
  readonly #length: number;
  readonly #geometry: readonly LaneGeometry[];
  readonly #room: 'across' | 'down' | 'narrow';
  readonly #lanesEnd: number;

  constructor(
    lanes: readonly PlacedLane[],
    strips: readonly Strip[],
    axis: Axis,
    pair: HighlightedPair | undefined,
    options: LayoutOptions,
  ) {
    this.#lanes = lanes;
    this.#axis = axis;
    this.#pair = pair;
    this.#options = options;
    const { direction, width } = options;
    const isDown = direction === 'down';
    this.#begin = isDown ? size.laneTitle.down + size.margin : size.margin;
    this.#length = isDown
      ? Math.max(300, Math.min(axis.steps, 18) * size.step)
      : width - 2 * size.margin;
    this.#isNarrow = isDown && width < size.narrow;
    this.#room = this.#isNarrow ? 'narrow' : direction;
    this.#strips = this.#isNarrow ? strips.filter(({ segments }) => segments.length > 0) : strips;
    this.#geometry = this.#placeLanes();
    const last = this.#geometry.at(-1);
    this.#lanesEnd = last === undefined ? 0 : last.start + last.thickness;
  }

  #placeLanes(): LaneGeometry[] {
    const { direction, width, batches } = this.#options;
    const isDown = direction === 'down';
    const gap = batches === 'all' ? size.laneGap[direction] : size.pairGap[this.#room](width);
    const count = this.#lanes.length;
    const { bar, gap: stripGap } = size.strip[this.#room];
    const forStrips = isDown ? this.#strips.length * (bar + stripGap) : 0;
    const inner = width - this.#times() - forStrips - size.edge;
    const laneWidth = (inner - gap * (count - 1)) / count;
    const states = batches === 'all' ? 0 : size.states[this.#room];
    const geometry: LaneGeometry[] = [];
    let start = this.#times();
    for (const [index, { rows }] of this.#lanes.entries()) {
      // The labels of states are on the outside, because the arrows are between the two rows.
      const isSingle = batches === 'pair' && count === 1;
      const [before, after] = isSingle
        ? [states, states]
        : [index === 0 ? states : 0, index === 0 ? 0 : states];
      const rowGap = isSingle ? gap : 0;
      const labels = before + after + rowGap * (rows - 1);
      const row = this.#rowThickness(rows, isDown ? laneWidth - labels : undefined);
      const titled = isDown ? 0 : size.laneTitle.across;
      const spare = isDown ? laneWidth - labels - rows * row : 0;
      const thickness = titled + rows * row + labels + spare;
      const firstRow = start + titled + before + (index === 0 ? spare : 0);
      geometry.push({ start, firstRow, row, rowGap, thickness });
      start += thickness + gap;
    }
    return geometry;
  }

  /** The room for the labels of ticks; without details there are none in a pair. */
  #times(): number {
    if (!this.#hasTicks) return size.times.none;
    const isDown = this.#options.direction === 'down';
    const digits = isDown ? Math.max(0, String(Math.floor(this.#axis.last)).length - 3) : 0;
    return size.times[this.#room] + size.timeDigit * digits;
  }

  get #hasTicks(): boolean {
    return this.#options.batches === 'all' || this.#options.detail === 'full';
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
    const maxTicks = this.#hasTicks ? Math.floor(this.#length / (isDown ? 24 : 100)) : 0;
    const dots = this.#dots();
    const { bar, title, gap } = size.strip[this.#room];
    const stripsEnd = this.#lanesEnd + this.#strips.length * (bar + title + gap);
    return {
      width,
      height: (isDown ? end : stripsEnd) + size.margin,
      direction,
      batches,
      isNarrow: this.#isNarrow,
      lanes: this.#lanes.map(({ lane }, index) => {
        const { start = 0, thickness = 0 } = this.#geometry[index] ?? {};
        const box = this.#box(this.#begin, this.#length, start, thickness);
        return { ...box, pid: lane.pid, name: lane.name };
      }),
      strips: this.#strips.map((strip, index) => this.#strip(strip, index)),
      blocks: this.#blocks(),
      dots,
      arrows: this.#arrows(dots),
      ticks:
        maxTicks === 0
          ? []
          : this.#axis.ticks(view, maxTicks).map((at) => ({ at, along: this.#along(at) })),
      marks: this.#marks(),
      axis: { from: this.#begin, to: end },
    };
  }

  /** The place of a moment along time, in pixels. */
  #along(at: number): number {
    const { from, to } = this.#options.view;
    return this.#begin + ((this.#axis.place(at) - from) / (to - from)) * this.#length;
  }

  /** The visible part between two moments; `undefined` if there is none. */
  #between(start: number, end: number): { from: number; to: number } | undefined {
    const from = Math.max(this.#along(start), this.#begin);
    const to = Math.min(this.#along(end), this.#begin + this.#length);
    return to < from || (to === from && from === this.#begin) ? undefined : { from, to };
  }

  #strip({ segments, ...strip }: Strip, index: number): StripBox {
    const { bar, title, gap } = size.strip[this.#room];
    const across = this.#lanesEnd + index * (bar + title + gap) + gap + title;
    return {
      ...strip,
      ...this.#box(this.#begin, this.#length, across, bar),
      segments: segments.flatMap((segment) => {
        const visible = this.#between(segment.from, segment.to);
        if (visible === undefined) return [];
        const { from, to } = visible;
        return [{ ...segment, ...this.#box(from, to - from, across, bar) }];
      }),
    };
  }

  #blocks(): Block[] {
    const highlighted = new Set([this.#pair?.first.batch.id, this.#pair?.second.batch.id]);
    const states = this.#pair === undefined ? [] : keyStates(this.#pair);
    return this.#lanes.flatMap(({ lane, batches }, laneIndex) =>
      batches.flatMap(({ batch, row }) => {
        const across = this.#rowStart(laneIndex, row);
        const thickness = this.#geometry[laneIndex]?.row ?? 0;
        const decision = batch.spans.findLastIndex(({ kind }) => kind === 'deciding');
        return batch.spans.flatMap((span, index) => {
          const box = this.#spanBox(span, across, thickness);
          if (box === undefined || !isShown(span.kind, this.#options.detail)) return [];
          const { kind, start, end, overtaken = false, unfinished = false } = span;
          const isKey = kind === 'reading' || kind === 'writing';
          const state = states.find((each) => each.batch.id === batch.id && each.at === end);
          return [
            {
              ...box,
              kind,
              start,
              end,
              pid: lane.pid,
              batchId: batch.id,
              index,
              highlighted: highlighted.has(batch.id),
              serials: index === decision ? batch.serials : [],
              state: isKey ? state : undefined,
              overtaken,
              unfinished,
            },
          ];
        });
      }),
    );
  }

  #rowStart(laneIndex: number, row: number): number {
    const { firstRow = 0, row: thickness = 0, rowGap = 0 } = this.#geometry[laneIndex] ?? {};
    return firstRow + row * (thickness + rowGap);
  }

  /** The visible box of a span. `holding` covers the other spans and is drawn around them. */
  #spanBox({ kind, start, end }: Span, across: number, thickness: number): Box | undefined {
    const visible = this.#between(start, end);
    if (visible === undefined) return undefined;
    const inset = kind === 'holding' ? 0 : Math.min(4, thickness * 0.12);
    const length = Math.max(size.blockMin, visible.to - visible.from);
    return this.#box(visible.from, length, across + inset, thickness - 2 * inset);
  }

  #dots(): StateDot[] {
    if (this.#pair === undefined) return [];
    return keyStates(this.#pair).flatMap((state) => this.#dot(state) ?? []);
  }

  #dot(state: KeyState): StateDot | undefined {
    const along = this.#along(state.at);
    for (const [index, { batches }] of this.#lanes.entries()) {
      const placed = batches.find((each) => each.batch.id === state.batch.id);
      if (placed === undefined) continue;
      const thickness = this.#geometry[index]?.row ?? 0;
      const across = this.#rowStart(index, placed.row) + thickness / 2;
      const before = this.#isBefore(index, placed.row);
      const edge = across + (before ? -1 : 1) * (thickness / 2);
      return {
        ...this.#point(along, across),
        state,
        labelAt: this.#point(along, edge),
        side: before ? 'before' : 'after',
        isVisible: along >= this.#begin - 1 && along <= this.#begin + this.#length + 1,
      };
    }
    return undefined;
  }

  /** Whether a row is the one of a pair that comes before the other. */
  #isBefore(laneIndex: number, row: number): boolean {
    if (this.#lanes.length === 2) return laneIndex === 0;
    return this.#options.batches === 'pair' && row === 0;
  }

  #arrows(dots: readonly StateDot[]): Arrow[] {
    const at = (name: KeyStep) => dots.find(({ state }) => state.step === name);
    const arrow = (kind: Arrow['kind'], from: KeyStep, to: KeyStep): Arrow[] => {
      const [begin, end] = [at(from), at(to)];
      const isVisible = begin?.isVisible || end?.isVisible;
      if (begin === undefined || end === undefined || !isVisible) return [];
      return [{ kind, from: begin, to: end, at: Math.max(begin.state.at, end.state.at) }];
    };
    switch (this.#pair?.kind) {
      case 'lostUpdate':
        return [
          ...arrow('same', 'firstRead', 'secondRead'),
          ...arrow('erases', 'secondWrite', 'firstWrite'),
        ];
      case 'overtaken':
        return arrow('overtakes', 'firstWrite', 'secondWrite');
      case 'recovery':
        return arrow('same', 'firstRead', 'secondRead');
      case 'handover':
        return arrow('sees', 'firstWrite', 'secondRead');
      case undefined:
        return [];
    }
  }

  #marks(): PlacedMark[] {
    const end = this.#begin + this.#length;
    return this.#lanes.flatMap(({ lane }, index) =>
      lane.marks.flatMap(({ kind, at }) => {
        const along = this.#along(at);
        if (along < this.#begin || along > end) return [];
        const { start = 0, thickness = 0 } = this.#geometry[index] ?? {};
        return [{ ...this.#point(along, start + thickness / 2), kind, at }];
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
