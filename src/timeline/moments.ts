import { describeState, serialsInWords } from './format.js';
import { type HighlightedPair, keyStates, type PairSide } from './highlighted-pair.js';
import type { Batch, Span } from './report.js';
import { type Detail, isShown, spanKinds } from './span-kinds.js';
import { waitUnderLock } from './wait-under-lock.js';

/** The end of a step of a highlighted pair: what one can stop at, in the order of time. */
export interface Moment {
  readonly at: number;
  readonly batchId: string;
  /** The index of the span in its batch. */
  readonly index: number;
  /** What happened, in words. */
  readonly text: string;
}

/** The moments of a pair, in order. Pure. */
export function momentsOf(pair: HighlightedPair, detail: Detail): Moment[] {
  return [pair.first, pair.second]
    .flatMap((side) =>
      side.batch.spans.flatMap((span, index) =>
        span.kind !== 'holding' && isShown(span.kind, detail)
          ? [{ at: span.end, batchId: side.batch.id, index, text: describe(pair, side, span) }]
          : [],
      ),
    )
    .toSorted((a, b) => a.at - b.at);
}

function describe(pair: HighlightedPair, { lane, batch }: PairSide, span: Span): string {
  const { name } = lane;
  const state = keyStates(pair).find(
    (each) => each.batch.id === batch.id && each.at === span.end && verbs[span.kind] === each.verb,
  );
  if (state !== undefined) {
    const text = `${name} ${state.verb} ${describeState(state)}`;
    return `${text}${consequence(pair, batch, state.step)}`;
  }
  if (span.kind === 'deciding' && isDecision(batch, span)) {
    return `${name} sold ${serialsInWords(batch.serials)}`;
  }
  if (span === waitUnderLock(batch)) return `${name}: waiting for another lock, and holding one`;
  return `${name}: ${spanKinds[span.kind].long}`;
}

const verbs: Readonly<Partial<Record<Span['kind'], 'read' | 'wrote'>>> = {
  reading: 'read',
  writing: 'wrote',
};

const isDecision = ({ spans, serials }: Batch, span: Span): boolean =>
  serials.length > 0 && spans.findLast(({ kind }) => kind === 'deciding') === span;

function consequence({ kind, first, second }: HighlightedPair, batch: Batch, step: string): string {
  const isSecond = batch.id === second.batch.id;
  const other = first.lane === second.lane ? 'the other buy' : first.lane.name;
  if (!isSecond) return '';
  if (kind === 'lostUpdate' && step === 'secondWrite') {
    return `, and erased what ${other} had written`;
  }
  if (kind === 'overtaken' && step === 'secondWrite') {
    return `, which does not count: ${other} came first`;
  }
  return kind === 'handover' && step === 'secondRead' ? `, which ${other} had written` : '';
}
