import type { Batch, Span } from './report.js';

/** When a batch that held a lock waited for another one; `undefined` if it never did. */
export function waitUnderLock({ spans }: Pick<Batch, 'spans'>): Span | undefined {
  const held = spans.find(({ kind }) => kind === 'holding');
  return held && spans.find(({ kind, start }) => kind === 'waiting' && start >= held.start);
}
