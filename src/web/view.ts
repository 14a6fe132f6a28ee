import { fill, h } from './dom.js';
import { words } from './words.js';

/** What a view is handed. */
export interface Stage {
  /** Where it draws. */
  readonly root: HTMLElement;
  /** What stands in the address behind the view's name. */
  readonly query: URLSearchParams;
  /** Says a line to those who do not see the page. */
  readonly say: (text: string) => void;
}

/** Draws itself, and answers how to stop. */
export type View = (stage: Stage) => () => void;

/** The head of a view. Its title takes the focus when the view is entered. */
export function heading(title: string, lead: string): HTMLElement {
  return h(
    'header',
    { class: 'heading' },
    h('h1', { tabindex: -1 }, title),
    h('p', { class: 'lead' }, lead),
  );
}

/**
 * Asks again and again until it is told to stop, one question at a time; not while nobody looks.
 * What goes wrong stands in the view until the next answer.
 */
export function poll<Answer>(
  everyMs: number,
  trouble: HTMLElement,
  ask: () => Promise<Answer>,
  show: (answer: Answer) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const batch = async () => {
    try {
      const answer = document.hidden ? undefined : await ask();
      if (stopped) return;
      if (answer !== undefined) show(answer);
      fill(trouble);
    } catch (error) {
      if (!stopped) fill(trouble, words.trouble((error as Error).message));
    }
    timer = setTimeout(() => void batch(), everyMs);
  };
  void batch();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
