import { h } from '../dom.js';

const keys = [
  [']', 'go to the next of the two reads and the two writes'],
  ['[', 'go to the previous one'],
  ['f', 'go to the first error'],
  ['+', 'zoom in'],
  ['−', 'zoom out'],
  ['← →', 'move along the time axis'],
  ['0', 'show everything'],
  ['e', 'switch between even spacing and true scale'],
  ['w', 'switch between the two batches and the whole run'],
  ['Esc', 'clear the highlighted step'],
  ['?', 'show these keys'],
] as const;

/** The keyboard shortcuts of the timeline. */
export function helpDialog(): HTMLDialogElement {
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Timeline keyboard shortcuts'),
    h(
      'dl',
      {},
      ...keys.flatMap(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)]),
    ),
    h(
      'p',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', click: () => dialog.close() }, 'Close'),
    ),
  );
  return dialog;
}
