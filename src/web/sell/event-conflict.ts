import { h } from '../dom.js';
import { changedFields, type EventFields, type FieldName } from './event-fields.js';
import { fieldLabels } from './event-inputs.js';

const text = {
  field: 'Field',
  theirs: 'Now in the office',
  mine: 'Yours',
  takeTheirs: 'Take theirs',
  keepMine: 'Keep my changes',
};

/** The fields in which two editors differ, and a choice. */
export function conflictTable(
  mine: EventFields,
  theirs: EventFields,
  choices: { readonly takeTheirs: () => void; readonly keepMine: () => void },
): HTMLElement[] {
  const row = (name: FieldName) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, fieldLabels[name]),
      h('td', { dir: 'auto', 'data-label': text.theirs }, theirs[name] || '–'),
      h('td', { dir: 'auto', 'data-label': text.mine }, mine[name] || '–'),
    );
  const head = [text.field, text.theirs, text.mine].map((each) => h('th', { scope: 'col' }, each));
  const { takeTheirs, keepMine } = choices;
  return [
    h(
      'table',
      { class: 'clash' },
      h('thead', {}, h('tr', {}, ...head)),
      h('tbody', {}, ...changedFields(mine, theirs).map(row)),
    ),
    h(
      'p',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', click: takeTheirs }, text.takeTheirs),
      h('button', { type: 'button', click: keepMine }, text.keepMine),
    ),
  ];
}
