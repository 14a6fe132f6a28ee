import { h } from '../dom.js';
import { words } from '../words.js';
const text = words.help;
/** The keys of the timeline. */
export function helpDialog() {
    const dialog = h('dialog', { class: 'help', 'aria-labelledby': 'help-title' }, h('h2', { id: 'help-title' }, text.title), h('dl', {}, ...text.keys.flatMap(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)])), h('p', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet', click: () => dialog.close() }, text.close)));
    return dialog;
}
