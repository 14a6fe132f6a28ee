import page from '#from-python.md?raw';
import { type Child, h } from '../dom.js';
import { heading, type View } from '../view.js';
import { addressOfOptions, type Part, type PythonRow, pythonRows } from './python-table.js';

const text = {
  title: 'From Python’s multiprocessing',
  lead: 'You know processes, locks and pools from a Python tutorial. What is each of them called here, and what shows it?',
  links: 'A link runs an experiment, or opens a level.',
  files: 'Files are in the repository; this table is its docs/FROM-PYTHON.md.',
};

/** docs/FROM-PYTHON.md, with links to what it names in the lab. */
export const pythonView: View = ({ root }) => {
  root.append(
    heading(text.title, text.lead),
    h('p', { class: 'note' }, `${text.links} ${text.files}`),
    h('dl', { class: 'python' }, ...pythonRows(page).map(rowOf)),
  );
  return () => {};
};

const rowOf = ([python, here, where]: PythonRow): HTMLElement =>
  h(
    'div',
    {},
    h('dt', {}, ...python.map(partOf)),
    h('dd', {}, ...here.map(partOf)),
    h('dd', { class: 'where' }, ...where.map(partOf)),
  );

/** Files and pages of the repository are only named: the page is served without them. */
function partOf({ kind, text }: Part): Child {
  switch (kind) {
    case 'text':
      return text;
    case 'emphasis':
      return h('em', {}, text);
    case 'link':
      return text.includes('/') ? h('code', {}, text) : text;
    case 'code': {
      const href = addressOfOptions(text);
      return href === undefined ? h('code', {}, text) : h('a', { href }, h('code', {}, text));
    }
  }
}
