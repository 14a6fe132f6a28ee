import { pairOf } from '../../timeline/pair.js';
import type { Batch, Lane, Run } from '../../timeline/report.js';
import { h } from '../dom.js';
import { ms, number } from '../format.js';
import { words } from '../words.js';
import { known } from './step-panel.js';
import { FileStory } from './steps.js';

const text = words.lab;
const columns = text.columns;

/** More rows help nobody, and cost a phone its breath. */
const BATCHES_MAX = 300;

/** The picture as tables: the two turns step by step, and every turn in a line. */
export function batchTables(run: Run): HTMLElement {
  const all = run.lanes
    .flatMap((lane) => lane.batches.map((batch) => ({ lane, batch })))
    .toSorted((a, b) => a.batch.start - b.batch.start);
  const shown = all.slice(0, BATCHES_MAX);
  const batches = h('div');
  // Made when somebody wants to read it: it is by far the most of a card.
  const showBatches = () => {
    if (batches.childElementCount > 0) return;
    const titles = ['at', 'process', 'read', 'wrote', 'serials', 'refused'] as const;
    batches.append(
      table(
        titles.map((name) => columns[name]),
        shown.map(({ lane, batch }) => batchRow(lane, batch)),
      ),
      run.batchesOmitted > 0 ? h('p', { class: 'note' }, text.leftOut(run.batchesOmitted)) : '',
    );
  };
  return h(
    'div',
    { class: 'tables' },
    h(
      'details',
      { class: 'steps' },
      h('summary', {}, text.steps),
      stepTable(run) ?? h('p', { class: 'note' }, text.noPair),
    ),
    h(
      'details',
      { class: 'turns', toggle: showBatches },
      h('summary', {}, text.allBatches(shown.length, all.length)),
      batches,
    ),
  );
}

function stepTable(run: Run): HTMLElement | undefined {
  const pair = pairOf(run);
  if (pair === undefined) return undefined;
  const file = new FileStory(run);
  const steps = [pair.first, pair.second]
    .flatMap(({ lane, batch }) =>
      batch.spans
        .filter(({ kind }) => kind !== 'holding')
        .map((span) => ({ lane, step: file.step(batch, span) })),
    )
    .toSorted((a, b) => a.step.span.start - b.step.span.start);
  return table(
    [columns.at, columns.process, columns.step, columns.lasted, columns.file, columns.belief],
    steps.map(({ lane, step: { span, file: its, belief } }) => [
      ms(span.start),
      lane.name,
      words.picture.kinds[span.kind].does,
      ms(span.end - span.start),
      `${known(its.before)} → ${known(its.after)}`,
      `${known(belief.before)} → ${known(belief.after)}`,
    ]),
  );
}

function batchRow({ name }: Lane, { start, read, wrote, serials, refused }: Batch): string[] {
  const state = (seen: typeof read) => (seen === undefined ? '' : known(seen));
  const [first = 0] = serials;
  const sold =
    serials.length === 0
      ? ''
      : serials.length === 1
        ? number(first)
        : `${number(first)} … ${number(serials.at(-1) ?? first)}`;
  return [ms(start), name, state(read), state(wrote), sold, number(refused)];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
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
