import type { Batch, ObservedState, Span } from '../timeline/report.js';

/** How much is left in a version, where that can be told. */
export type RemainingIn = (version: number) => number | undefined;

/**
 * Says how much was left in each version that was read or written. A turn that answered its buyers
 * told them; of one that never did, others that read or wrote the same version say it. (Two that lost
 * an update to each other wrote one version with, it may be, two numbers; but both have told theirs.)
 *
 * @param first what was left before the run, and in which version
 */
export function inferRemaining(
  batches: readonly Batch[],
  first: Omit<ObservedState, 'at'>,
): Batch[] {
  const known = new Map<number, number>();
  for (const seen of [first, ...batches.flatMap(({ read, wrote }) => [wrote, read])]) {
    if (seen?.remaining !== undefined && !known.has(seen.version))
      known.set(seen.version, seen.remaining);
  }
  const remainingIn: RemainingIn = (version) => known.get(version);
  return batches.map(({ read, wrote, spans, ...batch }) => ({
    ...batch,
    spans: spans.map((span) => fillSpan(span, { read, wrote }, remainingIn)),
    ...(read === undefined ? {} : { read: fill(read, remainingIn) }),
    ...(wrote === undefined ? {} : { wrote: fill(wrote, remainingIn) }),
  }));
}

function fill(seen: ObservedState, remainingIn: RemainingIn): ObservedState {
  const remaining = seen.remaining ?? remainingIn(seen.version);
  return remaining === undefined ? seen : { ...seen, remaining };
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
