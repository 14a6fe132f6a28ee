import type { Run, Seen, Span, Turn } from '../../lab/report.js';

/** What a number of tickets left is known by. */
export type Known = Pick<Seen, 'left' | 'version'>;

/** One step with what was so before it and after it. */
export interface Step {
  readonly span: Span;
  readonly turn: Turn;
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
    const turns = lanes.flatMap((lane) => lane.turns);
    const wrote = turns.flatMap((turn) => (turn.wrote === undefined ? [] : [turn.wrote]));
    this.#writes = wrote.toSorted((a, b) => a.at - b.at);
    const versions = turns.flatMap(({ read }) => (read === undefined ? [] : [read.version]));
    this.#first = {
      left: setting.capacity,
      version: Math.min(...versions, Number.MAX_SAFE_INTEGER),
    };
  }

  at(moment: number): Known {
    return this.#writes.findLast(({ at }) => at <= moment) ?? this.#first;
  }

  step(turn: Turn, span: Span): Step {
    return {
      span,
      turn,
      file: { before: this.at(span.start), after: this.at(span.end) },
      belief: { before: beliefAt(turn, span.start), after: beliefAt(turn, span.end) },
    };
  }
}

function beliefAt({ read, wrote }: Turn, moment: number): Known | undefined {
  if (wrote !== undefined && wrote.at <= moment) return wrote;
  return read !== undefined && read.at <= moment ? read : undefined;
}
