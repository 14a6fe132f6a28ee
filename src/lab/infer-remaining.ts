import type { Batch, ObservedState, Span } from '../timeline/report.js';

/** The tickets left in a version, if known. */
type RemainingIn = (version: number) => number | undefined;

/**
 * Infers how many tickets were left in each version that was read or written. The answers of a batch
 * contain the number; a batch that never answered gets it from another one that read or wrote the same
 * version. (Two batches of a lost update may have written one version with two different numbers, but
 * both of them answered.)
 *
 * @param initial the version before the run, and the tickets left in it
 */
export function inferRemaining(
  batches: readonly Batch[],
  initial: Omit<ObservedState, 'at'>,
): Batch[] {
  const known = new Map<number, number>();
  for (const state of [initial, ...batches.flatMap(({ read, wrote }) => [wrote, read])]) {
    if (state?.remaining === undefined || known.has(state.version)) continue;
    known.set(state.version, state.remaining);
  }
  const remainingIn: RemainingIn = (version) => known.get(version);
  return batches.map(({ read, wrote, spans, ...batch }) => ({
    ...batch,
    spans: spans.map((span) => fillSpan(span, { read, wrote }, remainingIn)),
    ...(read === undefined ? {} : { read: fillState(read, remainingIn) }),
    ...(wrote === undefined ? {} : { wrote: fillState(wrote, remainingIn) }),
  }));
}

function fillState(state: ObservedState, remainingIn: RemainingIn): ObservedState {
  const remaining = state.remaining ?? remainingIn(state.version);
  return remaining === undefined ? state : { ...state, remaining };
}

function fillSpan(
  span: Span,
  { read, wrote }: { read: ObservedState | undefined; wrote: ObservedState | undefined },
  remainingIn: RemainingIn,
): Span {
  if (span.version === undefined || span.overtaken) return span;
  const own = span.kind === 'writing' ? wrote : read;
  const remaining =
    (own?.version === span.version ? own.remaining : undefined) ?? remainingIn(span.version);
  return remaining === undefined ? span : { ...span, remaining };
}
