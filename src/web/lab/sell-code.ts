import { processClass } from '../../timeline/process-class.js';
import type { Lane, SpanKind } from '../../timeline/report.js';
import { fill, h } from '../dom.js';

/** The body of `sell` in the json store, without `this.#`; each line with the steps that it makes. */
export const sellLines: readonly { readonly code: string; readonly steps: readonly SpanKind[] }[] =
  [
    { code: 'const before = await tickets.read();', steps: ['reading'] },
    { code: 'await pause();', steps: ['pausing', 'stopped'] },
    {
      code: 'const { outcomes, changes, after, at } = decide(before, commands, now());',
      steps: ['deciding'],
    },
    { code: 'if (changes) await tickets.replace(after);', steps: ['writing'] },
    { code: 'return receipts.append(outcomes, at);', steps: ['recording'] },
  ];

const title = 'The code that both run';

/** The lines of `sell`, lit where the two processes are at the moment that is shown. */
export class SellCode {
  readonly element: HTMLElement;
  readonly #lines = sellLines.map(({ code, steps }) => {
    const who = h('span', { class: 'at' });
    return { steps, who, element: h('li', {}, h('code', {}, code), who) };
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
    for (const { steps, who, element } of this.#lines) {
      const here = current.filter(({ kind }) => kind !== undefined && steps.includes(kind));
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
