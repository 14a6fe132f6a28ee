import type { Layout, SegmentBox, StripBox } from './layout.js';
import { BOLD_CHARACTER_PX, CHARACTER_PX, type Markup, markup, round } from './markup.js';
import { processClass } from './process-class.js';

/** Draws what the file says, or who holds the lock, over time. */
export function stripOf(strip: StripBox, { direction, isNarrow }: Layout): Markup {
  const { kind, x, y, width, height, title, shortTitle, segments } = strip;
  const isDown = direction === 'down';
  const isShort = isDown && (isNarrow || title.length * CHARACTER_PX > width);
  return markup(
    'g',
    { class: `strip ${kind}` },
    markup('rect', { ...box({ x, y, width, height }), rx: 4, class: 'track' }),
    markup(
      'text',
      isDown
        ? { class: 'title', x: round(x + width / 2), y: round(y - 9), 'text-anchor': 'middle' }
        : { class: 'title', x: round(x + 8), y: round(y - 6) },
      isShort ? shortTitle : title,
    ),
    ...segments.map((segment) => segmentOf(segment, isDown)),
  );
}

function segmentOf(segment: SegmentBox, isDown: boolean): Markup {
  const { by, text, short, width, height, x, y } = segment;
  const owner = by === undefined ? 'nobody' : processClass(by);
  const fits = (label: string) =>
    label !== '' && height >= 14 && width >= label.length * BOLD_CHARACTER_PX + (isDown ? 0 : 8);
  const label = [text, text.split(',')[0] ?? '', short].find(fits);
  return markup(
    'g',
    { class: `segment ${owner}`, 'data-from': segment.from, 'data-to': segment.to },
    markup('rect', { ...box(segment), rx: 4 }),
    label === undefined
      ? undefined
      : markup(
          'text',
          {
            class: 'says',
            x: round(x + width / 2),
            y: round(y + height / 2 + 4),
            'text-anchor': 'middle',
          },
          label,
        ),
  );
}

const box = ({ x, y, width, height }: Pick<SegmentBox, 'x' | 'y' | 'width' | 'height'>) => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});
