import type { ChainLine } from '../../booking/store.js';

/** How many of the newest lines are shown. */
export const RECENT_COMMITS_MAX = 40;

/** A line that is not yet known to count. */
export type UnmarkedLine = Omit<ChainLine, 'counts'>;

/**
 * Marks the lines that count: those from which a chain leads to a head. Pure.
 *
 * @param lines oldest first
 * @param heads of each chain the hash of its last counted line
 */
export function markChained(lines: readonly UnmarkedLine[], heads: Iterable<string>): ChainLine[] {
  const byHash = new Map(lines.map((line) => [line.hash, line]));
  const chained = new Set<string>();
  for (const head of heads) {
    for (
      let line = byHash.get(head);
      line !== undefined && !chained.has(line.hash);
      line = byHash.get(line.commit?.prev ?? '')
    ) {
      chained.add(line.hash);
    }
  }
  // A second line of the same bytes does not extend what the first one already extended.
  return lines.map((line) => ({ ...line, counts: chained.delete(line.hash) }));
}
