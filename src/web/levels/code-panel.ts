import { lineOf, saleCode } from '../../timeline/sale-code.js';
import type { SteppedStatus } from '../../timeline/stepped-run.js';
import { fill, h } from '../dom.js';

const title = 'The code that both run';

/** The lines of `sell`. The line of each process's next step is lit in the colour of the process. */
export class CodePanel {
  readonly element = h('section', { class: 'code', 'aria-label': title });
  #shown = '';

  show(status: SteppedStatus | undefined): void {
    if (status === undefined) {
      fill(this.element);
      this.#shown = '';
      return;
    }
    const code = saleCode(status);
    const places = status.processes.map((process) => ({
      name: process.name,
      line: lineOf(code, process),
    }));
    const shown = JSON.stringify([code, places]);
    if (shown === this.#shown) return; // text that is being selected stays
    this.#shown = shown;
    const lines = code.lines.map(({ code: line }, index) => {
      const here = places.filter((place) => place.line === index).map(({ name }) => name);
      return h(
        'li',
        { 'data-at': here.length > 0 && here.join(' ') },
        h(
          'span',
          { class: 'places' },
          ...here.map((name) => h('span', { class: 'process-name', 'data-process': name }, name)),
        ),
        h('code', {}, line),
      );
    });
    fill(
      this.element,
      h('h2', {}, title),
      h('ol', {}, ...lines),
      h('p', { class: 'note' }, code.source),
    );
  }
}
