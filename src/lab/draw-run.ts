import { whole } from '../timeline/axis.js';
import { draw } from '../timeline/draw.js';
import { ms } from '../timeline/format.js';
import type { TimelineRun } from '../timeline/highlighted-pair.js';
import { type Block, layOut } from '../timeline/layout.js';
import { printMarkup } from '../timeline/markup.js';
import type { Batch, Run, Span } from '../timeline/report.js';

const WIDTH = 1080;

/** Two drawings of a run, as SVG. */
export interface RunDrawings {
  /** The turns that the story is about, evenly spaced. */
  readonly results: string;
  /** Every turn, as long as it took. */
  readonly all: string;
}

/**
 * Draws a run as the page does. There a step is pointed at; here it has a title.
 *
 * @param id unlike that of any other run of the same page
 */
export function drawRun(run: Run, id: string): RunDrawings {
  const batches = new Map(
    run.lanes.flatMap((lane) => lane.batches.map((batch) => [batch.id, batch])),
  );
  const titleOf = ({ batchId, index }: Block): string | undefined => {
    const batch = batches.get(batchId);
    const span = batch?.spans[index];
    return batch && span && describeStep(batch, span);
  };
  const room = { width: WIDTH, direction: 'across', view: whole } as const;
  const results = layOut(highlightedPart(run), { ...room, spacing: 'even', batches: 'pair' });
  const all = layOut(run, { ...room, spacing: 'true', batches: 'all' });
  return {
    results: printMarkup(
      draw(results, `${id}-told`, 'The turns of the story, step by step', titleOf),
    ),
    all: printMarkup(draw(all, `${id}-all`, 'Every turn of every process', titleOf)),
  };
}

/**
 * The two turns of the lost update or, where there is none, those that the story tells of; and what
 * befell a process meanwhile. It is what somebody should look at first, and is not always the two
 * that the page finds by itself: one that was killed has handed nothing over.
 */
export function highlightedPart({ lanes, story, lostUpdate }: Run): TimelineRun {
  const sides = lostUpdate === undefined ? story : [lostUpdate.erased, lostUpdate.erasing];
  const ids = new Set(sides.map(({ batchId }) => batchId));
  const isHighlighted = ({ id }: Batch) => ids.has(id);
  const batches = lanes.flatMap((lane) => lane.batches.filter(isHighlighted));
  const loss = lostUpdate === undefined ? {} : { lostUpdate };
  if (batches.length === 0) return { lanes, ...loss };
  const from = Math.min(...batches.map(({ start }) => start));
  const to = Math.max(...batches.map(({ end }) => end));
  const results = lanes.map((lane) => ({
    ...lane,
    batches: lane.batches.filter(isHighlighted),
    marks: lane.marks.filter(({ at }) => at >= from && at <= to),
  }));
  return { lanes: results.filter((lane) => lane.batches.length + lane.marks.length > 0), ...loss };
}

function describeStep({ id, serials, refused }: Batch, span: Span): string {
  const { kind, start, end, version, remaining, overtaken } = span;
  return [
    `turn ${id}: ${kind}, ${ms(start)} to ${ms(end)}`,
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(remaining === undefined ? [] : [`${remaining} left`]),
    ...(overtaken ? ['does not count'] : []),
    ...(serials.length === 0 ? [] : [`serials ${serials.slice(0, 10).join(', ')}`]),
    ...(refused === 0 ? [] : [`${refused} told "sold out"`]),
  ].join('; ');
}
