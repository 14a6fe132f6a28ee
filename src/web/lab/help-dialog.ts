import { h } from '../dom.js';

const keys = [
  [']', 'go to the next step'],
  ['[', 'go to the previous step'],
  ['p', 'play the steps, or pause'],
  ['f', 'go to the first step of the two processes'],
  ['d', 'show more details, or fewer'],
  ['+', 'zoom in'],
  ['−', 'zoom out'],
  ['← →', 'move along the time axis; on the miniature of the run, too'],
  ['0', 'show everything'],
  ['e', 'switch between even spacing and true scale'],
  ['w', 'switch between the two batches and the whole run'],
  ['Esc', 'show all steps again'],
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
