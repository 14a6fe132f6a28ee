import { describeState } from './format.js';
import type { Arrow, Block, LaneBox, Layout, StateDot } from './layout.js';
import { type Markup, markup } from './markup.js';
import type { Mark, SpanKind } from './report.js';
import { spanKinds } from './span-kinds.js';

/** The labels of arrows. Between two columns there is less room than between two rows. */
const arrowLabels: Readonly<Record<Arrow['kind'], Record<Layout['direction'], string>>> = {
  erases: { across: 'erases', down: 'erases' },
  sees: { across: 'reads what was written', down: 'sees' },
  same: { across: 'both read the same', down: 'same' },
};

const markLabels: Readonly<Record<Mark['kind'], string>> = {
  stopped: 'stopped',
  continued: 'continues',
  killed: 'killed',
  started: 'started',
};

/** The approximate width of a character of a label, in pixels. */
const CHARACTER_PX = 6.3;

/** Each hatched kind of span, and the path of its hatch; the other kinds are plain. */
const hatches: Readonly<Partial<Record<SpanKind, string>>> = {
  waiting: 'M-2 8L8 -2M2 10L10 2',
  pausing: 'M2 2h2M6 6h2',
  stopped: 'M0 0L8 8M8 0L0 8',
  recording: 'M0 4h8',
  checking: 'M4 0v8',
  syncing: 'M0 4h8M4 0v8',
};

/**
 * Draws a layout as SVG. Its colours are in `timeline.css`.
 *
 * @param id unique among the pictures of a page
 * @param description the accessible description
 * @param titleOf the tooltip of a block, for documents without a script
 */
export function draw(
  layout: Layout,
  id: string,
  description: string,
  titleOf?: (block: Block) => string | undefined,
): Markup {
  const { width, height, direction, batches } = layout;
  return markup(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: `run ${direction} ${batches}`,
      viewBox: `0 0 ${round(width)} ${round(height)}`,
      width: round(width),
      height: round(height),
      role: 'img',
      'aria-label': description,
    },
    definitions(id),
    markup('g', { class: 'lanes' }, ...layout.lanes.map((lane) => laneOf(lane, layout))),
    markup('g', { class: 'ticks' }, ...ticksOf(layout)),
    markup(
      'g',
      { class: 'blocks' },
      ...layout.blocks.map((block) => blockOf(block, layout, id, titleOf?.(block))),
    ),
    markup('g', { class: 'marks' }, ...marksOf(layout)),
    markup('g', { class: 'arrows' }, ...layout.arrows.map((arrow) => arrowOf(arrow, layout, id))),
    markup('g', { class: 'states' }, ...layout.dots.map((dot) => stateOf(dot, layout))),
  );
}

function definitions(id: string): Markup {
  const patterns = Object.entries(hatches).map(([kind, d]) =>
    markup(
      'pattern',
      { id: `${id}-${kind}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
      markup('path', { d, class: `hatch ${kind}` }),
    ),
  );
  const heads = (['erases', 'sees'] as const).map((kind) =>
    markup(
      'marker',
      {
        id: `${id}-${kind}`,
        viewBox: '0 0 10 10',
        refX: 8.5,
        refY: 5,
        markerWidth: 13,
        markerHeight: 13,
        markerUnits: 'userSpaceOnUse',
        orient: 'auto-start-reverse',
      },
      markup('path', { d: 'M0 0.6L9.4 5L0 9.4z', class: `head ${kind}` }),
    ),
  );
  return markup('defs', {}, ...patterns, ...heads);
}

function laneOf({ x, y, width, height, name }: LaneBox, { direction }: Layout): Markup {
  const title =
    direction === 'down'
      ? { x: x + width / 2, y: y - 12, 'text-anchor': 'middle' }
      : { x, y: y + 17 };
  return markup(
    'g',
    { class: 'lane' },
    markup('rect', { ...rounded({ x, y, width, height }), rx: 6 }),
    markup('text', { ...title, x: round(direction === 'down' ? x + width / 2 : x + 8) }, name),
  );
}

function ticksOf({ ticks, direction, isNarrow, lanes, height, width }: Layout): Markup[] {
  const [first] = lanes;
  const unit =
    isNarrow && first !== undefined
      ? [markup('text', { x: round(first.x - 6), y: first.y - 12, 'text-anchor': 'end' }, 'ms')]
      : [];
  const marks = ticks.map(({ along, at }) => {
    const place = round(along);
    // A narrow timeline has the unit once, above the labels.
    const label = `${Number(at.toFixed(4))}${isNarrow ? '' : ' ms'}`;
    if (direction === 'down') {
      const left = lanes[0]?.x ?? 0;
      return markup(
        'g',
        {},
        markup('line', { x1: round(left), x2: width, y1: place, y2: place }),
        markup('text', { x: round(left - 6), y: place + 4, 'text-anchor': 'end' }, label),
      );
    }
    const anchor = along > width - 40 ? 'end' : along < 40 ? 'start' : 'middle';
    return markup(
      'g',
      {},
      markup('line', { x1: place, x2: place, y1: 20, y2: round(height - 8) }),
      markup('text', { x: place, y: 14, 'text-anchor': anchor }, label),
    );
  });
  return [...unit, ...marks];
}

function blockOf(block: Block, layout: Layout, id: string, title: string | undefined): Markup {
  const { kind, batchId, index, serials, highlighted, overtaken, unfinished } = block;
  const box = rounded(block);
  const classes = ['block', kind];
  if (highlighted) classes.push('highlighted');
  if (overtaken) classes.push('overtaken');
  if (unfinished) classes.push('unfinished');
  const rx = Math.min(4, block.width / 3, block.height / 3);
  const label = [...saleLabels(serials), spanKinds[kind].does].find((text) =>
    fits(text, block, layout),
  );
  return markup(
    'g',
    { class: classes.join(' '), 'data-batch': batchId, 'data-span': index },
    title === undefined ? undefined : markup('title', {}, title),
    markup('rect', { ...box, rx: round(rx), class: 'ground' }),
    kind in hatches
      ? markup('rect', { ...box, rx: round(rx), fill: `url(#${id}-${kind})` })
      : undefined,
    kind !== 'holding' && label !== undefined
      ? markup(
          'text',
          {
            x: round(block.x + block.width / 2),
            y: round(block.y + block.height / 2 + 4),
            'text-anchor': 'middle',
          },
          label,
        )
      : undefined,
  );
}

/** The labels of a sale, from long to short. */
function saleLabels(serials: readonly number[]): string[] {
  if (serials.length === 0) return [];
  return serials.length === 1
    ? [`sells no. ${serials[0]}`, `no. ${serials[0]}`]
    : [`sells ${serials.length}`, `${serials.length}`];
}

/** Whether a label fits into a block. When time runs across, a dot may cover the end of the block. */
const fits = (label: string, { width, height }: Block, { direction }: Layout): boolean =>
  height >= 15 && width >= label.length * CHARACTER_PX + (direction === 'across' ? 10 : 2);

/** A state that was read or written, with a line from its label to its moment. */
function stateOf(dot: StateDot, { direction, batches, width, isNarrow }: Layout): Markup {
  const classes = ['state', dot.verb, dot.lost ? 'lost' : ''].join(' ').trim();
  const point = markup('circle', {
    cx: round(dot.x),
    cy: round(dot.y),
    r: batches === 'pair' ? 5 : 4,
  });
  const data = { 'data-step': dot.step, 'data-batch': dot.batchId };
  if (batches === 'all') return markup('g', { class: classes, ...data }, point);
  const label = isNarrow ? describeState(dot) : `${dot.verb} ${describeState(dot)}`;
  const out = dot.side === 'before' ? -1 : 1;
  const half = (label.length * CHARACTER_PX) / 2 + 2;
  const end =
    direction === 'down'
      ? { x: dot.labelAt.x + out * 8, y: dot.labelAt.y + 4 }
      : {
          x: Math.min(Math.max(dot.labelAt.x, half), width - half),
          // Reads and writes have a line each, so that their labels never overlap.
          y: dot.labelAt.y + out * (dot.verb === 'read' ? 14 : 31) + 4,
        };
  const anchor = direction === 'across' ? 'middle' : out > 0 ? 'start' : 'end';
  const lineEnd = direction === 'across' ? { x: dot.x, y: end.y - out * 9 - 4 } : dot.labelAt;
  return markup(
    'g',
    { class: classes, ...data },
    markup('line', {
      x1: round(dot.x),
      y1: round(dot.y),
      x2: round(lineEnd.x),
      y2: round(lineEnd.y),
    }),
    point,
    markup('text', { x: round(end.x), y: round(end.y), 'text-anchor': anchor }, label),
  );
}

function arrowOf({ kind, from, to }: Arrow, { direction, batches }: Layout, id: string): Markup {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  // The curve leaves and arrives at right angles to time, and stops short of the dot.
  const bend = (along: number) => Math.max(24, Math.abs(along) * 0.45) * Math.sign(along || 1);
  const [c1, c2] =
    direction === 'down'
      ? [
          { x: from.x + bend(dx), y: from.y },
          { x: to.x - bend(dx), y: to.y },
        ]
      : [
          { x: from.x, y: from.y + bend(dy) },
          { x: to.x, y: to.y - bend(dy) },
        ];
  const gap = kind === 'same' ? 0 : 7;
  const end =
    direction === 'down'
      ? { x: to.x - gap * Math.sign(dx || 1), y: to.y }
      : { x: to.x, y: to.y - gap * Math.sign(dy || 1) };
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const label = arrowLabels[kind][direction];
  return markup(
    'g',
    { class: `arrow ${kind}` },
    markup('path', {
      d: `M${xy(from)}C${xy(c1)} ${xy(c2)} ${xy(end)}`,
      'marker-end': kind === 'same' ? undefined : `url(#${id}-${kind})`,
    }),
    batches === 'pair'
      ? markup(
          'text',
          {
            x: round(direction === 'down' ? middle.x : middle.x + 8),
            y: round(direction === 'down' ? middle.y - 6 : middle.y + 4),
            'text-anchor': direction === 'down' ? 'middle' : 'start',
          },
          label,
        )
      : undefined,
  );
}

function marksOf({ marks, direction, lanes, width }: Layout): Markup[] {
  const thickness =
    lanes[0] === undefined ? 0 : direction === 'down' ? lanes[0].width : lanes[0].height;
  return marks.map(({ x, y, kind }) => {
    const [dx, dy] = direction === 'down' ? [thickness / 2, 0] : [0, thickness / 2];
    const isLast = direction === 'across' && x > width - 60;
    const label = { x: round(isLast ? x - 5 : x + 5), 'text-anchor': isLast ? 'end' : 'start' };
    return markup(
      'g',
      { class: `mark ${kind}` },
      markup('line', {
        x1: round(x - dx),
        x2: round(x + dx),
        y1: round(y - dy),
        y2: round(y + dy),
      }),
      markup('text', { ...label, y: round(y - dy + 14) }, markLabels[kind]),
    );
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;
const xy = ({ x, y }: { x: number; y: number }): string => `${round(x)} ${round(y)}`;
const rounded = ({
  x,
  y,
  width,
  height,
}: {
  x: number;
  y: number;
  width: number;
  height: number;
}) => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});
