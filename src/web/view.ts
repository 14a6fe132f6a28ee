import { fill, h } from './dom.js';

/** What a view is given. */
export interface ViewContext {
  /** The element in which the view is drawn. */
  readonly root: HTMLElement;
  /** The query behind the view's name in the address. */
  readonly query: URLSearchParams;
  /** Announces a text to screen readers. */
  readonly announce: (text: string) => void;
}

/** Draws a view, and returns a function that ends it. */
export type View = (context: ViewContext) => () => void;

/** The heading of a view. It receives the focus when the view is opened. */
export function heading(title: string, lead: string): HTMLElement {
  return h(
    'header',
    { class: 'heading' },
    h('h1', { tabindex: -1 }, title),
    h('p', { class: 'lead' }, lead),
  );
}

/**
 * Fetches repeatedly, one request at a time, while the page is visible. An error is shown in
 * `errorLine` until the next answer.
 *
 * @returns a function that ends it
 */
export function poll<Answer>(
  everyMs: number,
  errorLine: HTMLElement,
  request: () => Promise<Answer>,
  show: (answer: Answer) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const update = async () => {
    try {
      const answer = document.hidden ? undefined : await request();
      if (stopped) return;
      if (answer !== undefined) show(answer);
      fill(errorLine);
    } catch (error) {
      if (!stopped) fill(errorLine, (error as Error).message);
    }
    timer = setTimeout(() => void update(), everyMs);
  };
  void update();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
