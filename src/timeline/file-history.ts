import type { TimelineRun } from './highlighted-pair.js';
import type { Batch, ObservedState, Span } from './report.js';

/** A number of remaining tickets, and the version in which it is so. */
export type FileState = Pick<ObservedState, 'remaining' | 'version'>;

/** What the file says, and the process that wrote it; none did before the run. */
export type WrittenState = FileState & { readonly by?: string };

/** A span of a batch with the states before and after it. */
export interface Step {
  readonly span: Span;
  readonly batch: Batch;
  /** What the file said. */
  readonly file: { readonly before: FileState; readonly after: FileState };
  /** What the process believed; `undefined` before it has read. */
  readonly belief: {
    readonly before: FileState | undefined;
    readonly after: FileState | undefined;
  };
}

/** What the file said at any moment, derived from all writes of a run. */
export class FileHistory {
  readonly #writes: readonly (ObservedState & { readonly by: string })[];
  readonly #first: FileState;

  constructor({ lanes, setting }: TimelineRun) {
    const writes = lanes.flatMap(({ batches, name: by }) =>
      batches.flatMap(({ wrote }) => (wrote === undefined ? [] : [{ ...wrote, by }])),
    );
    this.#writes = writes.toSorted((a, b) => a.at - b.at);
    const versions = lanes.flatMap(({ batches }) =>
      batches.flatMap(({ read }) => (read === undefined ? [] : [read.version])),
    );
    this.#first = {
      remaining: setting.capacity,
      version: Math.min(...versions, Number.MAX_SAFE_INTEGER),
    };
  }

  at(moment: number): WrittenState {
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

function beliefAt({ read, wrote }: Batch, moment: number): FileState | undefined {
  if (wrote !== undefined && wrote.at <= moment) return wrote;
  return read !== undefined && read.at <= moment ? read : undefined;
}
