import { h } from '../dom.js';
import { words } from '../words.js';
import type { Known, Step } from './steps.js';

const text = words.picture;

/** One step in words: what the file said before and after it, and what the process took for so. */
export function stepPanel(step: Step | undefined, name: string): HTMLElement {
  if (step === undefined) return h('p', { class: 'note' }, text.hint);
  const { span, batch, file, belief } = step;
  const change = (before: Known | undefined, after: Known | undefined) =>
    h('dd', {}, known(before), ' → ', h('strong', {}, known(after)));
  return h(
    'div',
    {},
    h('p', { class: 'step-name' }, h('strong', {}, `${name}: ${text.kinds[span.kind].long}`)),
    h('p', { class: 'note' }, text.lasted(span.start, span.end)),
    h(
      'dl',
      {},
      h('dt', {}, text.file),
      change(file.before, file.after),
      h('dt', {}, text.belief),
      change(belief.before, belief.after),
    ),
    h('p', {}, text.results(batch.serials)),
    span.overtaken && h('p', { class: 'warning' }, text.overtaken),
    span.partialBytes && h('p', { class: 'warning' }, text.partialBytes),
  );
}

export const known = (state: Known | undefined): string =>
  state === undefined ? text.nobody : text.left(state.left, state.version);
