import { Axis, type Spacing, type View } from './axis.js';
import { findHighlightedPair, type KeyState, type TimelineRun } from './highlighted-pair.js';
import { type PlacedLane, placeLanes } from './lane-rows.js';
import { LayoutBuilder } from './layout-builder.js';
import type { Mark, SpanKind } from './report.js';
import { type Detail, isShown } from './span-kinds.js';
import { type Segment, type Strip, stripsOf } from './state-strips.js';

/** `across`: time runs to the right and a lane is a row. `down`: time runs down and a lane is a column. */
export type Direction = 'across' | 'down';

export interface LayoutOptions {
  /** In pixels. */
  readonly width: number;
  readonly direction: Direction;
  readonly spacing: Spacing;
  /** The highlighted pair, or all batches. A run without a pair shows all. */
  readonly batches: 'pair' | 'all';
  readonly detail: Detail;
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
  readonly start: number;
  readonly end: number;
  readonly pid: number;
  readonly batchId: string;
  /** The index of the span in its batch. */
  readonly index: number;
  /** It belongs to the highlighted pair. */
  readonly highlighted: boolean;
  /** The serials that a `deciding` span sells. */
  readonly serials: readonly number[];
  /** What it read or wrote, if it is one of the key states. */
  readonly state: KeyState | undefined;
  readonly overtaken: boolean;
  readonly unfinished: boolean;
}

/** A state that a process read or wrote. */
export interface StateDot extends Point {
  readonly state: KeyState;
  /** Where its label begins: at the side of its row that faces away from the other one. */
  readonly labelAt: Point;
  readonly side: 'before' | 'after';
  /** Whether it is in the view. An arrow may lead to one that is not. */
  readonly isVisible: boolean;
}

export interface LaneBox extends Box {
  readonly pid: number;
  readonly name: string;
}

/** A part of a strip, as it is drawn. */
export interface SegmentBox extends Box, Segment {}

/** A strip beside the lanes: what the file says, or who holds the lock. */
export interface StripBox extends Box {
  readonly kind: Strip['kind'];
  readonly title: string;
  readonly shortTitle: string;
  readonly segments: readonly SegmentBox[];
}

/**
 * Between two states: one write erased the other, one came before the other, a read saw a write, or
 * both read the same.
 */
export interface Arrow {
  readonly kind: 'erases' | 'overtakes' | 'sees' | 'same';
  readonly from: Point;
  readonly to: Point;
  /** When both of them were. */
  readonly at: number;
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
  /** Of a pair only. */
  readonly strips: readonly StripBox[];
  readonly blocks: readonly Block[];
  readonly dots: readonly StateDot[];
  readonly arrows: readonly Arrow[];
  readonly ticks: readonly Tick[];
  readonly marks: readonly PlacedMark[];
  /** Where the axis begins and ends, in pixels. */
  readonly axis: { readonly from: number; readonly to: number };
}

/** Lays out a run: geometry only, so that the page and the HTML report draw the same. */
export function layOut(run: TimelineRun, options: LayoutOptions): Layout {
  const pair = findHighlightedPair(run);
  const batches = pair === undefined ? 'all' : options.batches;
  const lanes = placeLanes(run.lanes, batches === 'pair' ? pair : undefined);
  const axis = axisOf(lanes, { ...options, batches });
  const strips = batches === 'pair' ? stripsOf(run, axis.instants) : [];
  return new LayoutBuilder(lanes, strips, axis, pair, { ...options, batches }).layout();
}

/** The axis on which `layOut` places a run. */
export function axisOfRun(
  run: TimelineRun,
  options: Pick<LayoutOptions, 'batches' | 'spacing' | 'detail'>,
): Axis {
  const pair = options.batches === 'pair' ? findHighlightedPair(run) : undefined;
  return axisOf(placeLanes(run.lanes, pair), options);
}

function axisOf(
  lanes: readonly PlacedLane[],
  { batches: shown, spacing, detail }: Pick<LayoutOptions, 'batches' | 'spacing' | 'detail'>,
): Axis {
  const batches = lanes.flatMap((lane) => lane.batches.map(({ batch }) => batch));
  const ofSpans = batches.flatMap(({ spans }) =>
    spans.flatMap(({ kind, start, end }) => (isShown(kind, detail) ? [start, end] : [])),
  );
  if (ofSpans.length === 0) return new Axis([0, 1], spacing);
  if (shown === 'all' || detail === 'full') return new Axis(ofSpans, spacing);
  // Nothing may follow the last write, but the file says something after it.
  const { first, last } = new Axis(ofSpans, spacing);
  return new Axis([...ofSpans, last + AFTERWARDS * (last - first)], spacing);
}

/** Room after the last step, as a share of the axis. */
const AFTERWARDS = 0.12;
