import { whole } from './axis.js';
import { draw } from './draw.js';
import { ms } from './format.js';
import { type Block, layOut } from './layout.js';
import { printMarkup } from './markup.js';
import type { Batch, Run, Span } from './report.js';

const WIDTH = 1080;

/** Two drawings of a run, as SVG. */
export interface RunDrawings {
  /** The two batches of the story, evenly spaced; all, if it is about no two. */
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
  const options = { width: WIDTH, direction: 'across', view: whole, detail: 'full' } as const;
  const highlighted = layOut(run, {
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
