/** A span of a batch. */
export interface SpanId {
  readonly batchId: string;
  readonly index: number;
}

export interface SelectionListener {
  /** Another span is highlighted; `undefined` if none is. */
  readonly onHighlight: (span: SpanId | undefined) => void;
  /** Whether a batch is one of the highlighted pair. */
  readonly isOfPair: (batchId: string | undefined) => boolean;
}

/** The span of a drawn timeline that is pointed at, or pinned by a click. */
export class SpanSelection {
  readonly #stage: HTMLElement;
  readonly #listener: SelectionListener;
  #pinned: SpanId | undefined;

  constructor(stage: HTMLElement, listener: SelectionListener) {
    this.#stage = stage;
    this.#listener = listener;
    stage.addEventListener('pointerover', ({ target }) => {
      if (this.#pinned === undefined) this.#highlight(spanUnder(target as Element));
    });
    stage.addEventListener('pointerleave', () => this.#highlight(this.#pinned));
    stage.addEventListener('click', ({ target }) => this.#toggle(spanUnder(target as Element)));
  }

  /** Keeps a span highlighted, or none. */
  pin(span: SpanId | undefined): void {
    this.#pinned = span;
    this.#highlight(span);
  }

  /** Highlights the pinned span in a new drawing. */
  restore(): void {
    if (this.#pinned !== undefined) this.#highlight(this.#pinned);
  }

  #toggle(span: SpanId | undefined): void {
    const pinned = this.#pinned;
    const isSame = span?.batchId === pinned?.batchId && span?.index === pinned?.index;
    this.pin(isSame ? undefined : span);
  }

  /** Dims everything except the batch of a span. */
  #highlight(span: SpanId | undefined): void {
    const svg = this.#stage.firstElementChild;
    svg?.classList.toggle('dimmed', span !== undefined);
    svg?.classList.toggle('highlighted', this.#listener.isOfPair(span?.batchId));
    for (const each of this.#stage.querySelectorAll<SVGElement>('[data-batch]')) {
      const { batch, span: index } = each.dataset;
      const isPinned = batch === span?.batchId && index === String(span?.index);
      each.classList.toggle('lit', batch === span?.batchId);
      each.classList.toggle('pinned', isPinned);
    }
    this.#listener.onHighlight(span);
  }
}

/** The span whose block contains an element. */
function spanUnder(target: Element): SpanId | undefined {
  const block = target.closest<SVGElement>('.block');
  const { batch, span } = block?.dataset ?? {};
  return batch === undefined ? undefined : { batchId: batch, index: Number(span) };
}
