import type { Layout } from '../../timeline/layout.js';
import { ZOOM_FACTOR } from './timeline-controls.js';
import type { TimelineView } from './timeline-view.js';

/**
 * Pans by dragging, and zooms by the wheel with Ctrl around the place under the pointer.
 *
 * @param scale how much larger the drawing is shown than it is laid out
 */
export function controlByPointer(
  stage: HTMLElement,
  view: TimelineView,
  layout: () => Layout | undefined,
  scale: () => number,
): void {
  const isDown = () => layout()?.direction === 'down';
  const along = ({ clientX, clientY }: MouseEvent) => (isDown() ? clientY : clientX);

  let last: number | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && !view.isWhole) last = along(event);
  });
  stage.addEventListener('pointermove', (event) => {
    const axis = layout()?.axis;
    if (last === undefined || axis === undefined) return;
    view.pan((last - along(event)) / scale() / (axis.to - axis.from));
    last = along(event);
  });
  for (const end of ['pointerup', 'pointerleave'] as const) {
    stage.addEventListener(end, () => {
      last = undefined;
    });
  }

  /** The place on the axis under the pointer; `undefined` before anything is drawn. */
  const placeUnder = (event: MouseEvent): number | undefined => {
    const axis = layout()?.axis;
    if (axis === undefined) return undefined;
    const { from, to } = view.current;
    const { left, top } = stage.getBoundingClientRect();
    const at = (along(event) - (isDown() ? top : left)) / scale();
    return from + ((at - axis.from) / (axis.to - axis.from)) * (to - from);
  };
  stage.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    view.zoom(event.deltaY > 0 ? ZOOM_FACTOR : 1 / ZOOM_FACTOR, placeUnder(event));
  });
}
