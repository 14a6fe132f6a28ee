import type { Layout } from '../../timeline/layout.js';
import { markup } from '../../timeline/markup.js';
import { createSvg } from '../dom.js';

/**
 * Shows a drawn timeline as it was at a moment: what comes later is faded, what is being done is
 * marked, and a line crosses the lanes.
 *
 * @param at the moment; `undefined` shows everything
 * @param along its place along time, in pixels of the drawing
 */
export function showMoment(
  svg: SVGElement,
  { direction, width, height, axis }: Layout,
  at: number | undefined,
  along: number,
): void {
  for (const each of svg.querySelectorAll<SVGElement>('[data-from]')) {
    const [from, to] = [Number(each.dataset.from), Number(each.dataset.to)];
    const isSegment = each.classList.contains('segment');
    const hasBegun = at === undefined || (isSegment ? from <= at : from < at || to <= at);
    const isNow = at !== undefined && hasBegun && (isSegment ? at < to : at <= to);
    each.classList.toggle('future', !hasBegun);
    each.classList.toggle('now', isNow);
  }
  for (const each of svg.querySelectorAll<SVGElement>('[data-at]')) {
    each.classList.toggle('future', at !== undefined && Number(each.dataset.at) > at);
  }
  svg.querySelector('.playhead')?.remove();
  if (at === undefined || along < axis.from - 1 || along > axis.to + 1) return;
  const ends =
    direction === 'down'
      ? { x1: 0, x2: width, y1: along, y2: along }
      : { x1: along, x2: along, y1: 0, y2: height };
  svg.append(createSvg(markup('line', { class: 'playhead', ...ends })));
}
