import type { Run } from '../../timeline/report.js';
import { type Detail, spanKindsIn } from '../../timeline/span-kinds.js';
import { fill, h } from '../dom.js';
import { withTerms } from './glossary.js';

/** The meaning of the colours and hatches that a timeline shows. */
export class Legend {
  readonly element = h('ul', { class: 'legend', 'aria-label': 'Legend of the timeline' });
  readonly #run: Run;

  constructor(run: Run, detail: Detail) {
    this.#run = run;
    this.show(detail);
  }

  show(detail: Detail): void {
    fill(
      this.element,
      ...spanKindsIn(this.#run, detail).map(({ kind, means }) =>
        h('li', {}, h('span', { class: `swatch ${kind}` }), h('span', {}, ...withTerms(means))),
      ),
    );
  }
}
