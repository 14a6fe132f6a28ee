import type { PlacedLane } from './lane-rows.js';
import type { LayoutOptions } from './layout.js';

/** In pixels. */
export const size = {
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
export interface LaneGeometry {
  readonly start: number;
  readonly firstRow: number;
  readonly row: number;
  /** Between two rows. */
  readonly rowGap: number;
  readonly thickness: number;
}

/** A direction, and whether it is too narrow for labels beside the blocks. */
export type Room = LayoutOptions['direction'] | 'narrow';

export interface GeometryOptions extends Pick<LayoutOptions, 'direction' | 'width' | 'batches'> {
  readonly room: Room;
  /** Room for the labels of ticks, in pixels. */
  readonly times: number;
  /** How many strips are beside the lanes. */
  readonly strips: number;
}

/** Places the lanes and their rows across time. */
export function lanesAcross(
  lanes: readonly PlacedLane[],
  { direction, width, batches, room, times, strips }: GeometryOptions,
): LaneGeometry[] {
  const isDown = direction === 'down';
  const isPair = batches === 'pair';
  const gap = isPair ? size.pairGap[room](width) : size.laneGap[direction];
  const { bar, gap: stripGap } = size.strip[room];
  const inner = width - times - strips * (bar + stripGap) - size.edge;
  const laneWidth = (inner - gap * (lanes.length - 1)) / lanes.length;
  const states = isPair ? size.states[room] : 0;
  const geometry: LaneGeometry[] = [];
  let start = times;
  for (const [index, { rows }] of lanes.entries()) {
    // The labels of states are on the outside, because the arrows are between the two rows.
    const isSingle = isPair && lanes.length === 1;
    const [before, after] = isSingle
      ? [states, states]
      : [index === 0 ? states : 0, index === 0 ? 0 : states];
    const rowGap = isSingle ? gap : 0;
    const labels = before + after + rowGap * (rows - 1);
    const row = isPair
      ? pairRow(isDown ? (laneWidth - labels) / rows : undefined)
      : thinRow((isDown ? laneWidth - labels : size.allRow.lane) / rows);
    const titled = isDown ? 0 : size.laneTitle.across;
    const spare = isDown ? laneWidth - labels - rows * row : 0;
    const thickness = titled + rows * row + labels + spare;
    const firstRow = start + titled + before + (index === 0 ? spare : 0);
    geometry.push({ start, firstRow, row, rowGap, thickness });
    start += thickness + gap;
  }
  return geometry;
}

/** @param room that a column has; a row has always enough */
const pairRow = (room: number | undefined): number =>
  room === undefined ? size.pairRow.across : Math.max(36, Math.min(size.pairRow.down, room));

/** A lane with many rows has thin ones. */
const thinRow = (room: number): number =>
  Math.max(size.allRow.min, Math.min(size.allRow.max, room));
