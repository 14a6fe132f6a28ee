import { processClass, splitByProcess } from '../../timeline/process-class.js';
import type { Run } from '../../timeline/report.js';
import { h } from '../dom.js';

/** A sentence in which processes have their colours. */
const withProcesses = (text: string, { lanes }: Pick<Run, 'lanes'>): (HTMLElement | string)[] =>
  splitByProcess(
    text,
    lanes.map(({ name }) => name),
  ).map((part) =>
    part.isProcess ? h('b', { class: processClass(part.text) }, part.text) : part.text,
  );

/** The story of a run. Each sentence is a button that shows its moment in the timeline. */
export class RunStory {
  readonly element: HTMLElement;
  readonly #sentences: readonly { readonly at: number; readonly item: HTMLElement }[];

  constructor(run: Run, onShow: (batchId: string, at: number) => void) {
    const items = run.story.map(({ text, at, batchId, cause }) => {
      // A no-break space keeps a number and its unit together.
      const words = withProcesses(`${text.replaceAll(' ms', '\u00a0ms')}.`, run);
      const show = () => batchId !== undefined && onShow(batchId, at);
      const content =
        batchId === undefined
          ? h('p', {}, ...words)
          : h('button', { type: 'button', click: show }, ...words);
      return { at, cause, item: h('li', { class: cause ? 'cause' : undefined }, content) };
    });
    this.#sentences = items.filter(({ cause }) => !cause);
    this.element = h(
      'div',
      { class: 'story' },
      h('h3', {}, 'What happened, and why'),
      h('ol', {}, ...items.map(({ item }) => item)),
    );
  }

  /** Marks the last sentence that is true at a moment; none for `undefined`. */
  showMoment(at: number | undefined): void {
    const current = at === undefined ? -1 : this.#sentences.findLastIndex((each) => each.at <= at);
    for (const [index, { item }] of this.#sentences.entries()) {
      if (index === current) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
  }
}
