import type { Batch, ObservedState, Span, SpanKind } from '../timeline/report.js';
import type { TracedResult, TracedStep } from './trace.js';

/** When a process that did not finish its batch ended, on the shared clock. */
export type EndOf = (pid: number) => number;

/**
 * Builds batches from the steps of all processes, in order of their start. Pure.
 *
 * @param zero the time of the shared clock that is 0 on the axis
 */
export function batchesOf(steps: readonly TracedStep[], zero: number, endOf: EndOf): Batch[] {
  const builders = new Map<string, BatchBuilder>();
  for (const step of steps) {
    if (step.batch === 0) continue; // a buy that is not in a batch yet, or was refused before
    const id = `${step.pid}:${step.batch}`;
    const builder = builders.get(id) ?? new BatchBuilder(id, step, zero);
    builders.set(id, builder);
    builder.add(step);
  }
  const batches = [...builders.values()].map((builder) => builder.build(endOf));
  return batches.sort((a, b) => a.start - b.start);
}

/** Converts a time of the shared clock to the axis: milliseconds, rounded to microseconds. */
export const toAxis = (at: number, zero: number): number => Math.round((at - zero) * 1000) / 1000;

/** What a process was doing when it was lost after a step. */
const spanAfter: Partial<Record<TracedStep['name'], SpanKind>> = {
  lockWanted: 'waiting',
  lockHeld: 'reading',
  rowsLocked: 'reading',
  overtaken: 'reading',
  loaded: 'deciding',
  paused: 'deciding',
  decided: 'writing',
  replaced: 'recording',
  sent: 'writing',
  appended: 'checking',
  lockReleased: 'syncing',
};

/** A shorter pause is no race window: the smallest window is a millisecond. */
const PAUSE_MS_MIN = 0.5;

/** A shorter sync is none: a database has synced a commit before it answers. */
const SYNC_MS_MIN = 0.05;

/** Turns the steps of one batch into spans. */
class BatchBuilder {
  readonly #id: string;
  readonly #pid: number;
  readonly #number: number;
  readonly #zero: number;
  readonly #start: number;
  readonly #spans: Span[] = [];
  #last: TracedStep;
  #heldAt: number | undefined;
  #holding: Span | undefined;
  #attempt = 0;
  #read: ObservedState | undefined;
  #wrote: ObservedState | undefined;
  #results: readonly TracedResult[] = [];
  #buys = 0;
  #rejected = false;

  constructor(id: string, first: TracedStep, zero: number) {
    this.#id = id;
    this.#pid = first.pid;
    this.#number = first.batch;
    this.#zero = zero;
    this.#start = toAxis(first.at, zero);
    this.#last = first;
  }

  add(step: TracedStep): void {
    const before = this.#last;
    const at = toAxis(step.at, this.#zero);
    const { version } = step;
    this.#last = step;
    switch (step.name) {
      case 'lockHeld':
        this.#addSpan('waiting', before, at);
        this.#heldAt ??= at; // of several locks, the first
        return;
      case 'lockRejected':
        this.#addSpan('waiting', before, at);
        this.#rejected = true;
        return;
      case 'rowsLocked':
        this.#addRowLock(before, at);
        return;
      case 'overtaken':
        this.#addSpan('writing', before, at, (this.#read?.version ?? 0) + 1);
        this.#markOvertaken(-1);
        return;
      case 'loaded':
        if (before.name === 'appended') {
          // A second read: the line of the previous attempt does not count.
          this.#addSpan('checking', before, at);
          this.#markOvertaken(-1);
          this.#markOvertaken(-2);
        } else {
          this.#addSpan('reading', before, at, version);
        }
        this.#attempt++;
        this.#read = { at, version: version ?? 0 };
        this.#wrote = undefined;
        return;
      case 'paused':
        if (step.at - before.at >= PAUSE_MS_MIN) this.#addSpan('pausing', before, at);
        else this.#last = { ...step, at: before.at }; // without a window it decides at once
        return;
      case 'lockChecked':
        this.#last = before; // a moment within the writing
        return;
      case 'decided':
        this.#addSpan('deciding', before, at);
        return;
      case 'sent':
        this.#addSpan('sending', before, at);
        return;
      case 'replaced':
        this.#addSpan('writing', before, at, version);
        this.#wrote = { at, version: version ?? 0 };
        return;
      case 'appended':
        if (before.name === 'replaced') this.#addSpan('recording', before, at);
        else {
          const next = (this.#read?.version ?? 0) + 1;
          this.#addSpan('writing', before, at, next);
          this.#wrote = { at, version: next };
        }
        return;
      case 'lockReleased':
        if (before.name === 'appended' && this.#spans.at(-1)?.kind === 'writing') {
          this.#addSpan('checking', before, at);
        }
        if (this.#heldAt !== undefined) {
          this.#holding ??= { kind: 'holding', start: this.#heldAt, end: at };
        }
        return;
      case 'synced':
        if (step.at - before.at >= SYNC_MS_MIN) this.#addSpan('syncing', before, at);
        return;
      case 'answered':
        this.#results = step.results ?? [];
        this.#buys = step.buys ?? 0;
        return;
    }
  }

  build(endOf: EndOf): Batch {
    const kind = spanAfter[this.#last.name];
    if (kind !== undefined && !this.#rejected) this.#addUnfinished(kind, endOf(this.#pid));
    const spans = this.#holding === undefined ? this.#spans : [this.#holding, ...this.#spans];
    spans.sort((a, b) => a.start - b.start || b.end - a.end);
    const sold = this.#results.filter((result) => result.kind === 'sold');
    const refused = this.#results.filter(({ kind }) => kind === 'soldOut').length;
    const [first] = this.#results;
    const lastChange = this.#results.findLast(({ kind }) => kind !== 'soldOut');
    return {
      id: this.#id,
      number: this.#number,
      start: this.#start,
      end: Math.max(this.#start, ...spans.map(({ end }) => end)),
      spans,
      ...(this.#read === undefined
        ? {}
        : { read: withRemaining(this.#read, first && remainingBefore(first)) }),
      ...(this.#wrote === undefined
        ? {}
        : { wrote: withRemaining(this.#wrote, lastChange?.remaining) }),
      buys: this.#buys,
      serials: sold.flatMap(({ serials }) => serials),
      refused,
      ...(this.#rejected ? { rejected: true as const } : {}),
    };
  }

  #addSpan(kind: SpanKind, from: TracedStep, end: number, version?: number): void {
    this.#spans.push({
      kind,
      start: toAxis(from.at, this.#zero),
      end,
      ...(version === undefined ? {} : { version }),
      ...(this.#attempt > 1 ? { attempt: this.#attempt } : {}),
    });
  }

  /** @param index counted from the end, -1 being the last span */
  #markOvertaken(index: number): void {
    const span = this.#spans.at(index);
    if (span !== undefined) this.#spans.splice(index, 1, { ...span, overtaken: true });
  }

  /** The lock is in the database: the steps on the way there were part of the wait for it. */
  #addRowLock(before: TracedStep, at: number): void {
    const last = this.#spans.at(-1);
    if (last?.kind === 'waiting') this.#spans.splice(-1, 1, { ...last, end: at });
    else this.#addSpan('waiting', before, at);
    this.#heldAt = at;
  }

  #addUnfinished(kind: SpanKind, endAt: number): void {
    const end = toAxis(Math.max(endAt, this.#last.at), this.#zero);
    this.#addSpan(kind, this.#last, end);
    const span = this.#spans.pop();
    if (span !== undefined) this.#spans.push({ ...span, unfinished: true });
    if (this.#heldAt === undefined) return;
    this.#holding ??= { kind: 'holding', start: this.#heldAt, end, unfinished: true };
  }
}

/** The tickets that were left before a result. */
function remainingBefore(result: TracedResult): number {
  if (result.kind === 'soldOut') return result.remaining;
  const taken = result.kind === 'sold' ? result.serials.length : 0;
  return result.before ?? result.remaining + taken;
}

const withRemaining = (state: ObservedState, remaining: number | undefined): ObservedState =>
  remaining === undefined ? state : { ...state, remaining };
