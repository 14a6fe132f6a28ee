import { kindsIn } from '../../timeline/kinds.js';
import type { Run } from '../../timeline/report.js';
import { h } from '../dom.js';
import { words } from '../words.js';

/** What the marks of a run mean: those that are in it. */
export function legend(run: Run): HTMLElement {
  return h(
    'ul',
    { class: 'legend', 'aria-label': words.picture.legend },
    ...kindsIn(run).map(({ kind, means }) =>
      h('li', {}, h('span', { class: `swatch ${kind}` }), means),
    ),
  );
}
