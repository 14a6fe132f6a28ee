import type { FileState, Step } from '../../timeline/file-history.js';
import { describeState, ms, number } from '../../timeline/format.js';
import { processClass } from '../../timeline/process-class.js';
import { spanKinds } from '../../timeline/span-kinds.js';
import { h } from '../dom.js';

const SERIALS_MAX = 6;

const text = {
  hint: 'Play the steps, or click one: you see what the file said then, and what the process believed.',
  file: 'The file',
  belief: 'The process believes',
  nothingSold: 'This batch sold nothing.',
  overtaken: 'Another process’s line came first, so this one does not count.',
  unfinished: 'It ended before this was done.',
};

/** One step in words: what the file said before and after it, and what the process believed. */
export function stepPanel(step: Step | undefined, processName: string): HTMLElement {
  if (step === undefined) return h('p', { class: 'note' }, text.hint);
  const { span, batch, file, belief } = step;
  const change = (before: FileState | undefined, after: FileState | undefined) =>
    h('dd', {}, describeFileState(before), ' → ', h('strong', {}, describeFileState(after)));
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'step-name' },
      h('b', { class: processClass(processName) }, processName),
      h('strong', {}, `: ${spanKinds[span.kind].long}`),
    ),
    h(
      'p',
      { class: 'note' },
      `${ms(span.end - span.start)}, from ${ms(span.start)} to ${ms(span.end)}`,
    ),
    h(
      'dl',
      {},
      h('dt', {}, text.file),
      change(file.before, file.after),
      h('dt', {}, text.belief),
      change(belief.before, belief.after),
    ),
    h('p', {}, describeSales(batch.serials)),
    span.overtaken && h('p', { class: 'warning' }, text.overtaken),
    span.unfinished && h('p', { class: 'warning' }, text.unfinished),
  );
}

/** `3 left`, or `nothing yet` before the first read. */
export const describeFileState = (state: FileState | undefined): string =>
  state === undefined ? 'nothing yet' : describeState(state);

function describeSales(serials: readonly number[]): string {
  if (serials.length === 0) return text.nothingSold;
  const first = serials.slice(0, SERIALS_MAX).map(number).join(', ');
  const more = serials.length - SERIALS_MAX;
  const list = more > 0 ? `${first} and ${number(more)} more` : first;
  return `This batch sold ${serials.length === 1 ? 'ticket' : 'tickets'} number ${list}.`;
}
