import { whole } from '../../timeline/axis.js';
import { draw } from '../../timeline/draw.js';
import type { TimelineRun } from '../../timeline/highlighted-pair.js';
import { layOut } from '../../timeline/layout.js';
import type { Lane, ObservedState } from '../../timeline/report.js';
import { createSvg, h } from '../dom.js';

/** In pixels. Beside the title, and on a phone of 360 pixels. */
const WIDTHS = { across: 470, down: 304 };

const processNames = ['A', 'B'];
const caption =
  'Both read “1 left” before either has written. Each sells the last ticket, and the second write erases the first. The button makes it happen for real.';
const description =
  'Two lanes. Process A reads 1 left, then process B reads 1 left. A writes 0 left, then B writes 0 left and erases what A wrote.';

/** The race in its simplest form, drawn like a run: once for each width, of which one is shown. */
export function sketch(): HTMLElement {
  const drawings = (['across', 'down'] as const).map((direction) => {
    const layout = layOut(sketchedRun(), {
      width: WIDTHS[direction],
      direction,
      spacing: 'true',
      batches: 'pair',
      detail: 'simple',
      view: whole,
    });
    return createSvg(draw(layout, `sketch-${direction}`, description));
  });
  return h(
    'figure',
    { class: 'sketch' },
    h('div', { class: 'picture' }, ...drawings),
    h('figcaption', {}, caption),
  );
}

/** Two batches; the second starts while the first is deciding. */
function sketchedRun(): TimelineRun {
  return {
    lanes: processNames.map((name, index) => laneFrom(name, 0.75 * index)),
    highlight: { kind: 'lostUpdate', first: 'A', second: 'B' },
    setting: { store: 'json', lockMode: 'off', capacity: 1 },
  };
}

function laneFrom(name: string, start: number): Lane {
  const read: ObservedState = { at: start + 1, version: 0, remaining: 1 };
  const wrote: ObservedState = { at: start + 3, version: 1, remaining: 0 };
  const spans = [
    { kind: 'reading', start, end: read.at },
    { kind: 'deciding', start: read.at, end: start + 2 },
    { kind: 'writing', start: start + 2, end: wrote.at },
  ] as const;
  const batch = { id: name, number: 1, start, end: wrote.at, spans, read, wrote };
  return { pid: 0, name, marks: [], batches: [{ ...batch, buys: 1, serials: [1], refused: 0 }] };
}
