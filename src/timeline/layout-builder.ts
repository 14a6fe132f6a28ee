import type { Axis } from './axis.js';
import {
  type HighlightedPair,
  type KeyState,
  type KeyStep,
  keyStates,
} from './highlighted-pair.js';
import { type LaneGeometry, lanesAcross, type Room, size } from './lane-geometry.js';
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
  readonly #room: Room;
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
    this.#geometry = lanesAcross(lanes, {
      ...options,
      room: this.#room,
      times: this.#times(),
      strips: this.#strips.length,
    });
    const last = this.#geometry.at(-1);
    this.#lanesEnd = last === undefined ? 0 : last.start + last.thickness;
  }

  get #hasTicks(): boolean {
    return this.#options.batches === 'all' || this.#options.detail === 'full';
  }

  /** The room for the labels of ticks; without details there are none in a pair. */
  #times(): number {
    if (!this.#hasTicks) return size.times.none;
    const isDown = this.#options.direction === 'down';
    const digits = isDown ? Math.max(0, String(Math.floor(this.#axis.last)).length - 3) : 0;
    return size.times[this.#room] + size.timeDigit * digits;
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
      case 'deadlock':
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
