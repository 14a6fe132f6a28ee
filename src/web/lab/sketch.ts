import { whole } from '../../timeline/axis.js';
import { draw } from '../../timeline/draw.js';
import type { TimelineRun } from '../../timeline/highlighted-pair.js';
import { layOut } from '../../timeline/layout.js';
import type { Lane, LostSide, ObservedState } from '../../timeline/report.js';
import { createSvg, h } from '../dom.js';

const WIDTH = 470;

const processNames = ['process A', 'process B'];
const caption =
  'Both read “1 left” before either has written. Each sells the last ticket, and the second write erases the first. The button makes it happen for real.';
const description =
  'Two lanes. Process A reads 1 left, then process B reads 1 left. A writes 0 left, then B writes 0 left and erases what A wrote.';

/** The race in its simplest form, drawn like a run. */
export function sketch(): HTMLElement {
  const layout = layOut(sketchedRun(), {
    width: WIDTH,
    direction: 'across',
    spacing: 'true',
    batches: 'pair',
    view: whole,
  });
  const picture = createSvg(draw({ ...layout, ticks: [] }, 'sketch', description));
  return h(
    'figure',
    { class: 'sketch' },
    h('div', { class: 'picture' }, picture),
    h('figcaption', {}, caption),
  );
}

/** Two batches; the second starts while the first is deciding. */
function sketchedRun(): TimelineRun {
  const lanes = processNames.map((name, pid) => laneFrom(name, pid, 0.75 * pid));
  const [erased, erasing] = lanes.map(sideOf);
  if (erased === undefined || erasing === undefined) return { lanes };
  return { lanes, lostUpdate: { erased, erasing, serials: [1] } };
}

function laneFrom(name: string, pid: number, start: number): Lane {
  const read: ObservedState = { at: start + 1, version: 0, remaining: 1 };
  const wrote: ObservedState = { at: start + 3, version: 1, remaining: 0 };
  const spans = [
    { kind: 'reading', start, end: read.at },
    { kind: 'deciding', start: read.at, end: start + 2 },
    { kind: 'writing', start: start + 2, end: wrote.at },
  ] as const;
  const batch = { id: name, number: 1, start, end: wrote.at, spans, read, wrote };
  return { pid, name, marks: [], batches: [{ ...batch, buys: 1, serials: [1], refused: 0 }] };
}

function sideOf({ pid, batches: [batch] }: Lane): LostSide | undefined {
  if (batch?.read === undefined || batch.wrote === undefined) return undefined;
  const { id: batchId, start: readFrom, read, wrote, serials } = batch;
  return { pid, batchId, readFrom, read, wrote, serials };
}
