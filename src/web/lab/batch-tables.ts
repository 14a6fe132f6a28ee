import { FileHistory } from '../../timeline/file-history.js';
import { ms, number } from '../../timeline/format.js';
import { findHighlightedPair } from '../../timeline/highlighted-pair.js';
import { processClass } from '../../timeline/process-class.js';
import type { Batch, Lane, ObservedState, Run } from '../../timeline/report.js';
import { spanKinds } from '../../timeline/span-kinds.js';
import { type Child, h } from '../dom.js';
import { describeFileState } from './step-panel.js';

/** A longer table slows down a phone, and no reader gets that far. */
const ROWS_MAX = 300;

const stepColumns = [
  'From',
  'Process',
  'Step',
  'Took',
  'The file: before → after',
  'The process believes: before → after',
];
const batchColumns = ['From', 'Process', 'Read', 'Wrote', 'Sold', 'Told “sold out”'];

/** The timeline as tables: the two highlighted batches step by step, and one row per batch. */
export function batchTables(run: Run): HTMLElement {
  const all = run.lanes
    .flatMap((lane) => lane.batches.map((batch) => ({ lane, batch })))
    .toSorted((a, b) => a.batch.start - b.batch.start);
  const shown = all.slice(0, ROWS_MAX);
  const batches = h('div');
  // Built when it is opened: it is by far the largest part of a card.
  const showBatches = () => {
    if (batches.childElementCount > 0) return;
    const { batchesOmitted } = run;
    batches.append(
      table(
        batchColumns,
        shown.map(({ lane, batch }) => batchRow(lane, batch)),
      ),
      batchesOmitted > 0
        ? h('p', { class: 'note' }, `${number(batchesOmitted)} more batches were not recorded.`)
        : '',
    );
  };
  const title =
    shown.length === all.length
      ? `All ${number(all.length)} batches`
      : `The first ${number(shown.length)} of ${number(all.length)} batches`;
  return h(
    'div',
    { class: 'tables' },
    h(
      'details',
      { class: 'steps' },
      h('summary', {}, 'Step by step'),
      stepTable(run) ??
        h(
          'p',
          { class: 'note' },
          'No process read what another process wrote, so no two batches stand out.',
        ),
    ),
    h('details', { class: 'batches', toggle: showBatches }, h('summary', {}, title), batches),
  );
}

function stepTable(run: Run): HTMLElement | undefined {
  const pair = findHighlightedPair(run);
  if (pair === undefined) return undefined;
  const history = new FileHistory(run);
  const steps = [pair.first, pair.second]
    .flatMap(({ lane, batch }) =>
      batch.spans
        .filter(({ kind }) => kind !== 'holding')
        .map((span) => ({ lane, step: history.step(batch, span) })),
    )
    .toSorted((a, b) => a.step.span.start - b.step.span.start);
  return table(
    stepColumns,
    steps.map(({ lane, step: { span, file, belief } }) => [
      ms(span.start),
      processCell(lane),
      spanKinds[span.kind].does,
      ms(span.end - span.start),
      `${describeFileState(file.before)} → ${describeFileState(file.after)}`,
      `${describeFileState(belief.before)} → ${describeFileState(belief.after)}`,
    ]),
  );
}

/** The name of a process in its colour, and its number in small print. */
const processCell = ({ name, pid }: Lane): HTMLElement =>
  h('span', {}, h('b', { class: processClass(name) }, name), ' ', h('small', {}, pid));

function batchRow(lane: Lane, { start, read, wrote, serials, refused }: Batch): Child[] {
  const state = (observed: ObservedState | undefined) =>
    observed === undefined ? '' : describeFileState(observed);
  const [first] = serials;
  const last = serials.at(-1);
  const sold =
    first === undefined || last === undefined
      ? ''
      : first === last
        ? number(first)
        : `${number(first)} … ${number(last)}`;
  return [ms(start), processCell(lane), state(read), state(wrote), sold, number(refused)];
}

function table(titles: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': titles.join(', ') },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...titles.map((title) => h('th', { scope: 'col' }, title)))),
      h(
        'tbody',
        {},
        ...rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell)))),
      ),
    ),
  );
}
