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
export function inferRemaining(batches: readonly Batch[], initial: Omit<Seen, 'at'>): Batch[] {
  const known = new Map<number, number>();
  for (const state of [initial, ...batches.flatMap(({ read, wrote }) => [wrote, read])]) {
    if (state?.left !== undefined && !known.has(state.version))
      known.set(state.version, state.left);
  }
  const remainingIn: RemainingIn = (version) => known.get(version);
  return batches.map(({ read, wrote, spans, ...batch }) => ({
    ...batch,
    spans: spans.map((span) => fillSpan(span, { read, wrote }, remainingIn)),
    ...(read === undefined ? {} : { read: fillState(read, remainingIn) }),
    ...(wrote === undefined ? {} : { wrote: fillState(wrote, remainingIn) }),
  }));
}

function fillState(state: Seen, remainingIn: RemainingIn): Seen {
  const left = state.left ?? remainingIn(state.version);
  return left === undefined ? state : { ...state, left };
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
