/** A span of a batch. */
export interface SpanId {
  readonly batchId: string;
  readonly index: number;
}

export interface SelectionListener {
  /** Another span is pointed at, or shown because none is. */
  readonly onHighlight: (span: SpanId | undefined) => void;
  /** A span was clicked; `undefined` for the ground, and for the span that is pinned. */
  readonly onPin: (span: SpanId | undefined) => void;
  /** Whether a batch is one of the highlighted pair. */
  readonly isOfPair: (batchId: string | undefined) => boolean;
}

/** The span of a drawn timeline that is pinned, and the one that is pointed at. */
export class SpanSelection {
  readonly #stage: HTMLElement;
  readonly #listener: SelectionListener;
  #pinned: SpanId | undefined;

  constructor(stage: HTMLElement, listener: SelectionListener) {
    this.#stage = stage;
    this.#listener = listener;
    stage.addEventListener('pointerover', ({ target, pointerType }) => {
      if (pointerType === 'mouse') this.#point(spanUnder(target as Element));
    });
    stage.addEventListener('pointerleave', () => this.#point(undefined));
    stage.addEventListener('click', ({ target }) => {
      const span = spanUnder(target as Element);
      listener.onPin(isSame(span, this.#pinned) ? undefined : span);
    });
  }

  /** Marks a span as the one that is shown, or none. */
  pin(span: SpanId | undefined): void {
    this.#pinned = span;
    this.#point(undefined);
  }

  /** Marks it in a new drawing. */
  restore(): void {
    this.#point(undefined);
  }

  /** Dims everything except the batch that is pointed at. */
  #point(span: SpanId | undefined): void {
    const svg = this.#stage.querySelector('svg');
    svg?.classList.toggle('dimmed', span !== undefined);
    svg?.classList.toggle('highlighted', this.#listener.isOfPair(span?.batchId));
    for (const each of this.#stage.querySelectorAll<SVGElement>('[data-batch]')) {
      const { batch, span: index } = each.dataset;
      const isPinned = batch === this.#pinned?.batchId && index === String(this.#pinned?.index);
      each.classList.toggle('lit', batch === span?.batchId);
      each.classList.toggle('pinned', isPinned);
    }
    this.#listener.onHighlight(span ?? this.#pinned);
  }
}

const isSame = (one: SpanId | undefined, other: SpanId | undefined): boolean =>
  one?.batchId === other?.batchId && one?.index === other?.index;

/** The span whose block contains an element. */
function spanUnder(target: Element): SpanId | undefined {
  const block = target.closest<SVGElement>('.block');
  const { batch, span } = block?.dataset ?? {};
  return batch === undefined ? undefined : { batchId: batch, index: Number(span) };
}
