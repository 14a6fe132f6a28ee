import { whole } from '../../timeline/axis.js';
import { draw } from '../../timeline/draw.js';
import { layOut } from '../../timeline/layout.js';
import type { Lane, LostSide, Run, Seen } from '../../timeline/report.js';
import { grow, h } from '../dom.js';
import { words } from '../words.js';

const text = words.lab;
const WIDTH = 470;

/** The race as one would draw it on paper: no run, but drawn like one. */
export function idea(): HTMLElement {
  const layout = layOut(drawnUp(), {
    width: WIDTH,
    direction: 'across',
    spacing: 'true',
    batches: 'pair',
    view: whole,
  });
  const picture = grow(draw({ ...layout, ticks: [] }, 'idea', text.ideaAbout));
  return h(
    'figure',
    { class: 'idea' },
    h('div', { class: 'picture' }, picture),
    h('figcaption', {}, text.idea),
  );
}

/** Two turns, the second half a step behind the first. */
function drawnUp(): Pick<Run, 'lanes' | 'lostUpdate'> {
  const lanes = text.ideaNames.map((name, pid) => laneFrom(name, pid, 0.75 * pid));
  const [erased, erasing] = lanes.map(sideOf);
  if (erased === undefined || erasing === undefined) return { lanes };
  return { lanes, lostUpdate: { erased, erasing, serials: [1] } };
}

function laneFrom(name: string, pid: number, start: number): Lane {
  const read: Seen = { at: start + 1, version: 0, left: 1 };
  const wrote: Seen = { at: start + 3, version: 1, left: 0 };
  const spans = [
    { kind: 'reading', start, end: read.at },
    { kind: 'deciding', start: read.at, end: start + 2 },
    { kind: 'writing', start: start + 2, end: wrote.at },
  ] as const;
  const batch = { id: name, batch: 1, start, end: wrote.at, spans, read, wrote };
  return { pid, name, marks: [], batches: [{ ...batch, buys: 1, serials: [1], refused: 0 }] };
}

function sideOf({ pid, batches: [batch] }: Lane): LostSide | undefined {
  if (batch?.read === undefined || batch.wrote === undefined) return undefined;
  const { id: batchId, start: readFrom, read, wrote, serials } = batch;
  return { pid, batchId, readFrom, read, wrote, serials };
}
