import { FileHistory, type Step } from '../../timeline/file-history.js';
import { findHighlightedPair, type HighlightedPair } from '../../timeline/highlighted-pair.js';
import type { Run, Span } from '../../timeline/report.js';
import type { SpanId } from './span-selection.js';

/** Finds the steps of a run. */
export class RunSteps {
  /** The two batches that the story is about; `undefined` if it is about no two. */
  readonly pair: HighlightedPair | undefined;
  readonly #run: Run;
  readonly #history: FileHistory;

  constructor(run: Run) {
    this.#run = run;
    this.pair = findHighlightedPair(run);
    this.#history = new FileHistory(run);
  }

  isOfPair(batchId: string | undefined): boolean {
    if (this.pair === undefined) return false;
    const { first, second } = this.pair;
    return batchId === first.batch.id || batchId === second.batch.id;
  }

  /** The spans of a batch; `undefined` if the run has no such batch. */
  spansOf(batchId: string): readonly Span[] | undefined {
    const batches = this.#run.lanes.flatMap((lane) => lane.batches);
    return batches.find(({ id }) => id === batchId)?.spans;
  }

  /** The step that a span is, and the name of its process. */
  stepOf(id: SpanId | undefined): [Step | undefined, string] {
    if (id === undefined) return [undefined, ''];
    for (const { batches, name } of this.#run.lanes) {
      const batch = batches.find((each) => each.id === id.batchId);
      const span = batch?.spans[id.index];
      if (batch !== undefined && span !== undefined) return [this.#history.step(batch, span), name];
    }
    return [undefined, ''];
  }
}
