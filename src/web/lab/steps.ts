import type { Batch, Run, Seen, Span } from '../../timeline/report.js';

/** What a number of tickets left is known by. */
export type Known = Pick<Seen, 'left' | 'version'>;

/** One step with what was so before it and after it. */
export interface Step {
  readonly span: Span;
  readonly batch: Batch;
  /** What the file said. */
  readonly file: { readonly before: Known; readonly after: Known };
  /** What the process took for so; `undefined` before it has read. */
  readonly belief: { readonly before: Known | undefined; readonly after: Known | undefined };
}

/** What the file said at any moment, put together from what was written when. */
export class FileStory {
  readonly #writes: readonly Seen[];
  readonly #first: Known;

  constructor({ lanes, setting }: Pick<Run, 'lanes' | 'setting'>) {
    const batches = lanes.flatMap((lane) => lane.batches);
    const wrote = batches.flatMap((batch) => (batch.wrote === undefined ? [] : [batch.wrote]));
    this.#writes = wrote.toSorted((a, b) => a.at - b.at);
    const versions = batches.flatMap(({ read }) => (read === undefined ? [] : [read.version]));
    this.#first = {
      left: setting.capacity,
      version: Math.min(...versions, Number.MAX_SAFE_INTEGER),
    };
  }

  at(moment: number): Known {
    return this.#writes.findLast(({ at }) => at <= moment) ?? this.#first;
  }

  step(batch: Batch, span: Span): Step {
    return {
      span,
      batch,
      file: { before: this.at(span.start), after: this.at(span.end) },
      belief: { before: beliefAt(batch, span.start), after: beliefAt(batch, span.end) },
    };
  }
}

function beliefAt({ read, wrote }: Batch, moment: number): Known | undefined {
  if (wrote !== undefined && wrote.at <= moment) return wrote;
  return read !== undefined && read.at <= moment ? read : undefined;
}
