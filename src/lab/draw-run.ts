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
  /** The batches of the story, evenly spaced. */
  readonly highlighted: string;
  /** Every batch, to scale. */
  readonly all: string;
}

/**
 * Draws a run as the page does, with a title for each step instead of the page's tooltips.
 *
 * @param id unique among the runs of a page
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
  const options = { width: WIDTH, direction: 'across', view: whole } as const;
  const highlighted = layOut(highlightedPart(run), {
    ...options,
    spacing: 'even',
    batches: 'pair',
  });
  const all = layOut(run, { ...options, spacing: 'true', batches: 'all' });
  return {
    highlighted: printMarkup(
      draw(highlighted, `${id}-highlighted`, 'The batches of the story, step by step', titleOf),
    ),
    all: printMarkup(draw(all, `${id}-all`, 'Every batch of every process', titleOf)),
  };
}

/**
 * What to look at first: the two batches of the lost update or, without one, those of the story; and
 * what happened to their processes in that time. They differ from the pair that the page chooses if a
 * process was killed, because it handed nothing over.
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
  const highlighted = lanes.map((lane) => ({
    ...lane,
    batches: lane.batches.filter(isHighlighted),
    marks: lane.marks.filter(({ at }) => at >= from && at <= to),
  }));
  return {
    lanes: highlighted.filter((lane) => lane.batches.length + lane.marks.length > 0),
    ...loss,
  };
}

function describeStep({ id, serials, refused }: Batch, span: Span): string {
  const { kind, start, end, version, remaining, overtaken } = span;
  return [
    `batch ${id}: ${kind}, ${ms(start)} to ${ms(end)}`,
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(remaining === undefined ? [] : [`${remaining} left`]),
    ...(overtaken ? ['does not count'] : []),
    ...(serials.length === 0 ? [] : [`serials ${serials.slice(0, 10).join(', ')}`]),
    ...(refused === 0 ? [] : [`${refused} told "sold out"`]),
  ].join('; ');
}
