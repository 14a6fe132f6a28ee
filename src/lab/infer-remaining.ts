import type { Batch, Seen, Span } from '../timeline/report.js';

/** How much is left in a version, where that can be told. */
export type RemainingIn = (version: number) => number | undefined;

/**
 * Says how much was left in each version that was read or written. A turn that answered its buyers
 * told them; of one that never did, others that read or wrote the same version say it. (Two that lost
 * an update to each other wrote one version with, it may be, two numbers; but both have told theirs.)
 *
 * @param first what was left before the run, and in which version
 */
export function inferRemaining(batches: readonly Batch[], first: Omit<Seen, 'at'>): Batch[] {
  const known = new Map<number, number>();
  for (const seen of [first, ...batches.flatMap(({ read, wrote }) => [wrote, read])]) {
    if (seen?.left !== undefined && !known.has(seen.version)) known.set(seen.version, seen.left);
  }
  const remainingIn: RemainingIn = (version) => known.get(version);
  return batches.map(({ read, wrote, spans, ...batch }) => ({
    ...batch,
    spans: spans.map((span) => fillSpan(span, { read, wrote }, remainingIn)),
    ...(read === undefined ? {} : { read: fill(read, remainingIn) }),
    ...(wrote === undefined ? {} : { wrote: fill(wrote, remainingIn) }),
  }));
}

function fill(seen: Seen, remainingIn: RemainingIn): Seen {
  const left = seen.left ?? remainingIn(seen.version);
  return left === undefined ? seen : { ...seen, left };
}

function fillSpan(
  span: Span,
  { read, wrote }: { read: Seen | undefined; wrote: Seen | undefined },
  remainingIn: RemainingIn,
): Span {
  if (span.version === undefined || span.overtaken) return span;
  const own = span.kind === 'writing' ? wrote : read;
  const left = (own?.version === span.version ? own.left : undefined) ?? remainingIn(span.version);
  return left === undefined ? span : { ...span, left };
}
