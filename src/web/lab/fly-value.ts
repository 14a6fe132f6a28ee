import type { Point } from '../../timeline/layout.js';
import { CHARACTER_PX, markup } from '../../timeline/markup.js';
import type { ValueFlight } from '../../timeline/value-flight.js';
import { createSvg } from '../dom.js';

/** Shorter than a step is shown while it plays. */
const FLIGHT_MS = 650;

const HEIGHT = 20;

/** Moves a value across a drawn timeline, unless the reader wants no motion. */
export function flyValue(svg: SVGElement, flight: ValueFlight | undefined): void {
  svg.querySelector('.flying')?.remove();
  if (flight === undefined || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const { text, from, to } = flight;
  const width = text.length * CHARACTER_PX + 16;
  const value = createSvg(
    markup(
      'g',
      { class: 'flying' },
      markup('rect', { x: -width / 2, y: -HEIGHT / 2, width, height: HEIGHT, rx: HEIGHT / 2 }),
      markup('text', { y: 4, 'text-anchor': 'middle' }, text),
    ),
  );
  svg.append(value);
  const at = ({ x, y }: Point): Keyframe => ({ transform: `translate(${x}px, ${y}px)` });
  const animation = value.animate([at(from), at(to)], {
    duration: FLIGHT_MS,
    easing: 'ease-in-out',
  });
  animation.addEventListener('finish', () => value.remove());
}
