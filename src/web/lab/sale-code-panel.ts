import { processClass } from '../../timeline/process-class.js';
import type { Lane, SpanKind } from '../../timeline/report.js';
import { jsonSale } from '../../timeline/sale-code.js';
import { fill, h } from '../dom.js';

/** What a process does while it is at a line: at the one of a step, or at `pause`, which is none. */
const kindsAt: Readonly<Record<string, readonly SpanKind[]>> = {
  read: ['reading'],
  pause: ['pausing', 'stopped'],
  decide: ['deciding'],
  write: ['writing'],
  tell: ['recording'],
};

const title = 'The code that both run';

/** The lines of `sell`, lit where the two processes are at the moment that is shown. */
export class SaleCodePanel {
  readonly element: HTMLElement;
  readonly #lines = jsonSale.lines.map(({ code, step = 'pause' }) => {
    const who = h('span', { class: 'at' });
    return { kinds: kindsAt[step] ?? [], who, element: h('li', {}, h('code', {}, code), who) };
  });

  constructor() {
    this.element = h(
      'div',
      { class: 'sell-code' },
      h('h3', {}, title),
      h('ol', {}, ...this.#lines.map(({ element }) => element)),
    );
  }

  /**
   * @param at the moment; `undefined` if none is shown
   * @param lanes of which each has the batch that is followed
   */
  show(at: number | undefined, lanes: readonly Lane[]): void {
    const current = lanes.flatMap(({ name, batches }) =>
      batches.map(({ spans }) => ({
        name,
        kind: at === undefined ? undefined : kindAt(spans, at),
      })),
    );
    for (const { kinds, who, element } of this.#lines) {
      const here = current.filter(({ kind }) => kind !== undefined && kinds.includes(kind));
      element.classList.toggle('now', here.length > 0);
      fill(who, ...here.map(({ name }) => h('b', { class: processClass(name) }, name)));
    }
  }
}

/** What a process is doing at a moment, or has just done; `undefined` before and after its batch. */
function kindAt(spans: Lane['batches'][number]['spans'], at: number): SpanKind | undefined {
  const steps = spans.filter(({ kind }) => kind !== 'holding');
  const step = steps.findLast(({ start, end }) => start < at || end <= at);
  const isOver = step === steps.at(-1) && step !== undefined && step.end < at;
  return isOver ? undefined : step?.kind;
}
