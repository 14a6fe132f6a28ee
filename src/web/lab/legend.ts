import type { Run } from '../../timeline/report.js';
import { spanKindsIn } from '../../timeline/span-kinds.js';
import { h } from '../dom.js';

/** The meaning of the colours and hatches that occur in a run. */
export function legend(run: Run): HTMLElement {
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'Legend of the timeline' },
    ...spanKindsIn(run).map(({ kind, means }) =>
      h('li', {}, h('span', { class: `swatch ${kind}` }), means),
    ),
  );
}
