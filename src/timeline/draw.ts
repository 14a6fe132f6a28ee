import { arrowHeads, arrowOf, stateOf } from './draw-states.js';
import { stripOf } from './draw-strips.js';
import { describeState, number } from './format.js';
import type { Block, LaneBox, Layout } from './layout.js';
import { CHARACTER_PX, type Markup, markup, round } from './markup.js';
import { processClass } from './process-class.js';
import type { Mark, SpanKind } from './report.js';
import { spanKinds } from './span-kinds.js';

const markLabels: Readonly<Record<Mark['kind'], string>> = {
  stopped: 'stopped',
  continued: 'continues',
  killed: 'killed',
  started: 'started',
};

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
    definitions(id, layout),
    markup('g', { class: 'lanes' }, ...layout.lanes.map((lane) => laneOf(lane, layout))),
    markup('g', { class: 'strips' }, ...layout.strips.map((strip) => stripOf(strip, layout))),
    markup('g', { class: 'ticks' }, ...ticksOf(layout)),
    markup(
      'g',
      { class: 'blocks' },
      ...layout.blocks.map((block) => blockOf(block, layout, id, titleOf?.(block))),
    ),
    markup('g', { class: 'marks' }, ...marksOf(layout)),
    // An arrow may lead to a place outside the view.
    markup(
      'g',
      { class: 'arrows', 'clip-path': `url(#${id}-view)` },
      ...layout.arrows.map((arrow) => arrowOf(arrow, layout, id)),
    ),
    markup(
      'g',
      { class: 'states' },
      ...layout.dots.filter(({ isVisible }) => isVisible).map((dot) => stateOf(dot, layout)),
    ),
  );
}

function definitions(id: string, { axis, direction, width, height }: Layout): Markup {
  const patterns = Object.entries(hatches).map(([kind, d]) =>
    markup(
      'pattern',
      { id: `${id}-${kind}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
      markup('path', { d, class: `hatch ${kind}` }),
    ),
  );
  const length = axis.to - axis.from;
  const view =
    direction === 'down'
      ? { x: 0, y: axis.from - EDGE, width, height: length + 2 * EDGE }
      : { x: axis.from - EDGE, y: 0, width: length + 2 * EDGE, height };
  return markup(
    'defs',
    {},
    ...patterns,
    ...arrowHeads(id),
    markup('clipPath', { id: `${id}-view` }, markup('rect', rounded(view))),
  );
}

/** How far a label may reach beyond the axis. */
const EDGE = 8;

function laneOf({ x, y, width, height, name, pid }: LaneBox, { direction }: Layout): Markup {
  const isDown = direction === 'down';
  const title = `process ${name}`;
  const stripe = isDown
    ? { x, y: y - 4, width, height: 4 }
    : { x: x - 6, y: y + 4, width: 4, height: height - 8 };
  const middle = round(x + width / 2);
  return markup(
    'g',
    { class: `lane ${processClass(name)}` },
    markup('rect', { ...rounded({ x, y, width, height }), rx: 6 }),
    markup('rect', { ...rounded(stripe), rx: 2, class: 'stripe' }),
    markup(
      'text',
      isDown
        ? { class: 'lane-title', x: middle, y: round(y - 23), 'text-anchor': 'middle' }
        : { class: 'lane-title', x: round(x + 8), y: round(y + 17) },
      title,
    ),
    pid === 0 // of a sketch
      ? undefined
      : markup(
          'text',
          isDown
            ? { class: 'pid', x: middle, y: round(y - 9), 'text-anchor': 'middle' }
            : { class: 'pid', x: round(x + 14 + titleWidth(title)), y: round(y + 17) },
          String(pid),
        ),
  );
}

/** The width of the title of a lane, whose letters are large. */
const titleWidth = (title: string): number => title.length * 8.3;

function ticksOf({ ticks, direction, isNarrow, lanes, height, width }: Layout): Markup[] {
  const [first] = lanes;
  const unit =
    isNarrow && first !== undefined && ticks.length > 0
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
  if (block.state?.lost) classes.push('lost');
  const rx = Math.min(4, block.width / 3, block.height / 3);
  const { does } = spanKinds[kind];
  const verbs = [does, does.replace('is ', '')];
  const labels = [...stateLabels(block, layout), ...saleLabels(serials), ...verbs];
  const label = labels.find((text) => fits(text, block, layout));
  return markup(
    'g',
    {
      class: classes.join(' '),
      'data-batch': batchId,
      'data-span': index,
      'data-from': block.start,
      'data-to': block.end,
    },
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

/** What was read or written, from long to short: where there is no room for it beside the block. */
function stateLabels({ state }: Block, { isNarrow, batches }: Layout): string[] {
  if (state === undefined || !isNarrow || batches === 'all') return [];
  const says = describeState(state);
  const value = number(state.remaining ?? state.version);
  const labels = [`${state.verb} ${says}`, `${state.verb} ${value}`];
  return state.verb === 'read' ? [...labels, `r ${value}`] : [...labels, `w ${value}`];
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
  height >= 15 && width >= label.length * CHARACTER_PX + (direction === 'across' ? 10 : 6);

/** Room for the title of a lane and its process id. */
const TITLE_PX = 130;

function marksOf({ marks, direction, lanes, width }: Layout): Markup[] {
  const thickness =
    lanes[0] === undefined ? 0 : direction === 'down' ? lanes[0].width : lanes[0].height;
  return marks.map(({ x, y, kind }) => {
    const [dx, dy] = direction === 'down' ? [thickness / 2, 0] : [0, thickness / 2];
    const isLast = direction === 'across' && x > width - 60;
    // The line of the labels begins with the title of the lane.
    const afterTitle = direction === 'across' ? (lanes[0]?.x ?? 0) + TITLE_PX : 0;
    const at = isLast ? x - 5 : Math.max(x + 5, afterTitle);
    const label = { x: round(at), 'text-anchor': isLast ? 'end' : 'start' };
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
