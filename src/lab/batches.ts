import type { Batch, ObservedState, Span, SpanKind } from '../timeline/report.js';
import type { TracedStep } from './traced-step.js';

/** Where the steps of a turn that never came to its end stop, on the shared clock. */
export type EndOf = (pid: number) => number;

/**
 * The turns that steps tell of, in order of their start. Pure.
 *
 * @param zero what is 0 on the axis of the turns, on the clock of the steps
 */
export function batchesOf(steps: readonly TracedStep[], zero: number, endOf: EndOf): Batch[] {
  const builders = new Map<string, BatchBuilder>();
  for (const step of steps) {
    if (step.batch === 0) continue; // a buy that is in none yet, or was refused before
    const id = `${step.pid}:${step.batch}`;
    const builder = builders.get(id) ?? new BatchBuilder(id, step, zero);
    builders.set(id, builder);
    builder.take(step);
  }
  const batches = [...builders.values()].map((builder) => builder.finish(endOf));
  return batches.sort((a, b) => a.start - b.start);
}

/** Puts an instant on the axis: milliseconds with three digits behind the point. */
export const instant = (at: number, zero: number): number => Math.round((at - zero) * 1000) / 1000;

/** What is being done when a process is lost after this step. */
const next: Partial<Record<TracedStep['name'], SpanKind>> = {
  lockWanted: 'waiting',
  lockHeld: 'reading',
  rowsLocked: 'reading',
  overtaken: 'reading',
  loaded: 'deciding',
  paused: 'deciding',
  decided: 'writing',
  replaced: 'recording',
  appended: 'checking',
  lockReleased: 'syncing',
};

class BatchBuilder {
  readonly #id: string;
  readonly #pid: number;
  readonly #runBatch: number;
  readonly #zero: number;
  readonly #start: number;
  readonly #spans: Span[] = [];
  #last: TracedStep;
  #heldAt: number | undefined;
  #held: Span | undefined;
  #attempt = 0;
  #read: ObservedState | undefined;
  #wrote: ObservedState | undefined;
  #told: NonNullable<TracedStep['results']> = [];
  #buys = 0;
  #rejected = false;

  constructor(id: string, first: TracedStep, zero: number) {
    this.#id = id;
    this.#pid = first.pid;
    this.#runBatch = first.batch;
    this.#zero = zero;
    this.#start = instant(first.at, zero);
    this.#last = first;
  }

  take(step: TracedStep): void {
    const before = this.#last;
    const at = instant(step.at, this.#zero);
    const { version } = step;
    this.#last = step;
    switch (step.name) {
      case 'lockHeld':
        this.#span('waiting', before, at);
        this.#heldAt = at;
        return;
      case 'lockRejected':
        this.#span('waiting', before, at);
        this.#rejected = true;
        return;
      case 'rowsLocked':
        this.#rowsLocked(before, at);
        return;
      case 'overtaken':
        this.#span('writing', before, at, (this.#read?.version ?? 0) + 1);
        this.#mark(-1, { overtaken: true });
        return;
      case 'loaded':
        // Read again: the line of the attempt before does not count.
        if (before.name === 'appended') this.#overtaken(before, at);
        else this.#span('reading', before, at, version);
        this.#attempt++;
        this.#read = { at, version: version ?? 0 };
        this.#wrote = undefined;
        return;
      case 'paused':
        if (step.at - before.at >= PAUSE_MS_MIN) this.#span('pausing', before, at);
        else this.#last = { ...step, at: before.at }; // there is no window: it decides at once
        return;
      case 'decided':
        this.#span('deciding', before, at);
        return;
      case 'replaced':
        this.#span('writing', before, at, version);
        this.#wrote = { at, version: version ?? 0 };
        return;
      case 'appended':
        if (before.name === 'replaced') this.#span('recording', before, at);
        else {
          const made = (this.#read?.version ?? 0) + 1;
          this.#span('writing', before, at, made);
          this.#wrote = { at, version: made };
        }
        return;
      case 'lockReleased':
        if (before.name === 'appended' && this.#spans.at(-1)?.kind === 'writing') {
          this.#span('checking', before, at);
        }
        this.#hold(at);
        return;
      case 'synced':
        if (step.at - before.at >= SYNC_MS_MIN) this.#span('syncing', before, at);
        return;
      case 'answered':
        this.#told = step.results ?? [];
        this.#buys = step.buys ?? 0;
        return;
    }
  }

  finish(endOf: EndOf): Batch {
    const { name } = this.#last;
    const kind = next[name];
    if (kind !== undefined && !this.#rejected) this.#leaveUnfinished(kind, endOf(this.#pid));
    const spans = this.#held === undefined ? this.#spans : [this.#held, ...this.#spans];
    spans.sort((a, b) => a.start - b.start || b.end - a.end);
    const sold = this.#told.filter((results) => results.kind === 'sold');
    const [first] = this.#told;
    const before = first && first.left + (first.kind === 'sold' ? first.serials.length : 0);
    return {
      id: this.#id,
      number: this.#runBatch,
      start: this.#start,
      end: Math.max(this.#start, ...spans.map(({ end }) => end)),
      spans,
      ...(this.#read === undefined ? {} : { read: seen(this.#read, before) }),
      ...(this.#wrote === undefined ? {} : { wrote: seen(this.#wrote, sold.at(-1)?.left) }),
      buys: this.#buys,
      serials: sold.flatMap(({ serials }) => serials),
      refused: this.#told.length - sold.length,
      ...(this.#rejected ? { rejected: true as const } : {}),
    };
  }

  #span(kind: SpanKind, from: TracedStep, end: number, version?: number): void {
    const start = instant(from.at, this.#zero);
    this.#spans.push({
      kind,
      start,
      end,
      ...(version === undefined ? {} : { version }),
      ...(this.#attempt > 1 ? { attempt: this.#attempt } : {}),
    });
  }

  #overtaken(from: TracedStep, at: number): void {
    this.#span('checking', from, at);
    for (const index of [-1, -2]) this.#mark(index, { overtaken: true });
  }

  #mark(index: number, detail: Pick<Span, 'overtaken'>): void {
    const span = this.#spans.at(index);
    if (span !== undefined) this.#spans.splice(index, 1, { ...span, ...detail });
  }

  /** The lock is in the database: what came before was the way to it, and is part of the waiting. */
  #rowsLocked(before: TracedStep, at: number): void {
    const way = this.#spans.at(-1);
    if (way?.kind === 'waiting') this.#spans.splice(-1, 1, { ...way, end: at });
    else this.#span('waiting', before, at);
    this.#heldAt = at;
  }

  #hold(end: number): void {
    if (this.#heldAt === undefined || this.#held !== undefined) return;
    this.#held = { kind: 'holding', start: this.#heldAt, end };
  }

  #leaveUnfinished(kind: SpanKind, endAt: number): void {
    const end = instant(Math.max(endAt, this.#last.at), this.#zero);
    this.#span(kind, this.#last, end);
    const span = this.#spans.pop();
    if (span !== undefined) this.#spans.push({ ...span, unfinished: true });
    if (this.#heldAt === undefined || this.#held !== undefined) return;
    this.#held = { kind: 'holding', start: this.#heldAt, end, unfinished: true };
  }
}

/** A pause shorter than this is none: the window's smallest is a millisecond. */
const PAUSE_MS_MIN = 0.5;

/** A sync shorter than this was none: a database answers to a commit when it is on the disk. */
const SYNC_MS_MIN = 0.05;

const seen = (state: ObservedState, remaining: number | undefined): ObservedState =>
  remaining === undefined ? state : { ...state, remaining };
