import { h } from '../dom.js';
import { words } from '../words.js';
const text = words.picture;
/** One step in words: what the file said before and after it, and what the process took for so. */
export function stepPanel(step, name) {
    if (step === undefined)
        return h('p', { class: 'note' }, text.hint);
    const { span, turn, file, belief } = step;
    const change = (before, after) => h('dd', {}, known(before), ' → ', h('strong', {}, known(after)));
    return h('div', {}, h('p', { class: 'step-name' }, h('strong', {}, `${name}: ${text.kinds[span.kind].long}`)), h('p', { class: 'note' }, text.lasted(span.start, span.end)), h('dl', {}, h('dt', {}, text.file), change(file.before, file.after), h('dt', {}, text.belief), change(belief.before, belief.after)), h('p', {}, text.told(turn.serials)), span.overtaken && h('p', { class: 'warning' }, text.overtaken), span.unfinished && h('p', { class: 'warning' }, text.unfinished));
}
export const known = (state) => state === undefined ? text.nobody : text.left(state.left, state.version);
