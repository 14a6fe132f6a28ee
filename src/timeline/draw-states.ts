import { describeState } from './format.js';
import type { Arrow, Layout, Point, StateDot } from './layout.js';
import { CHARACTER_PX, type Markup, markup, round } from './markup.js';

/** The labels of arrows. Between two columns there is less room than between two rows. */
const arrowLabels: Readonly<Record<Arrow['kind'], Record<Layout['direction'], string>>> = {
  erases: { across: 'erases', down: 'erases' },
  overtakes: { across: 'came first', down: 'first' },
  sees: { across: 'reads what was written', down: 'sees' },
  same: { across: 'both read the same', down: 'same' },
};

/** The heads of arrows; one between two equal reads has none. */
export const arrowHeads = (id: string): Markup[] =>
  (['erases', 'overtakes', 'sees'] as const).map((kind) =>
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

/** Beside a column there is room for no longer label: `wrote 10,000` has 12 characters. */
const LABEL_MAX = 14;

/** A state that was read or written, with a line from its label to its moment. */
export function stateOf(dot: StateDot, { direction, batches, width, isNarrow }: Layout): Markup {
  const { state } = dot;
  const classes = ['state', state.verb, state.lost ? 'lost' : ''].join(' ').trim();
  const point = markup('circle', {
    cx: round(dot.x),
    cy: round(dot.y),
    r: batches === 'pair' ? 5 : 4,
  });
  const data = { 'data-batch': state.batch.id, 'data-at': state.at };
  if (batches === 'all' || isNarrow) return markup('g', { class: classes, ...data }, point);
  const long = `${state.verb} ${describeState(state)}`;
  const isLong = direction === 'down' && long.length > LABEL_MAX;
  const label = isLong ? describeState(state) : long;
  const out = dot.side === 'before' ? -1 : 1;
  const half = (label.length * CHARACTER_PX) / 2 + 2;
  const end =
    direction === 'down'
      ? { x: dot.labelAt.x + out * 8, y: dot.labelAt.y + 4 }
      : {
          x: Math.min(Math.max(dot.labelAt.x, half), width - half),
          // Reads and writes have a line each, so that their labels never overlap.
          y: dot.labelAt.y + out * (state.verb === 'read' ? 14 : 31) + 4,
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

export function arrowOf(
  { kind, from, to, at }: Arrow,
  { direction, batches, width }: Layout,
  id: string,
): Markup {
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
  const isLast = middle.x + 16 + label.length * CHARACTER_PX > width;
  const labelAt =
    direction === 'down'
      ? { x: middle.x, y: middle.y - 6, anchor: 'middle' }
      : { x: middle.x + (isLast ? -8 : 8), y: middle.y + 4, anchor: isLast ? 'end' : 'start' };
  return markup(
    'g',
    { class: `arrow ${kind}`, 'data-at': at },
    markup('path', {
      d: `M${xy(from)}C${xy(c1)} ${xy(c2)} ${xy(end)}`,
      'marker-end': kind === 'same' ? undefined : `url(#${id}-${kind})`,
    }),
    batches === 'pair'
      ? markup(
          'text',
          {
            x: round(labelAt.x),
            y: round(labelAt.y),
            'text-anchor': labelAt.anchor,
          },
          label,
        )
      : undefined,
  );
}

const xy = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
