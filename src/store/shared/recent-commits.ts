import type { ChainLine } from '../../booking/chain-line.js';

/** So many of the newest lines are shown. */
export const RECENT_COMMITS_MAX = 40;

/** A line of which nobody has said yet whether it counts. */
export type UnmarkedCommit = Omit<ChainLine, 'counts'>;

/**
 * Says which of these lines count: those that lead to a head, as far as they are among these. Pure.
 *
 * @param lines oldest first
 * @param heads the hash of the last line that counts, of each chain
 */
export function markChained(
  lines: readonly UnmarkedCommit[],
  heads: Iterable<string>,
): ChainLine[] {
  const byHash = new Map(lines.map((line) => [line.hash, line]));
  const chain = new Set<string>();
  for (const head of heads) {
    for (
      let line = byHash.get(head);
      line !== undefined && !chain.has(line.hash);
      line = byHash.get(line.commit?.prev ?? '')
    ) {
      chain.add(line.hash);
    }
  }
  // A second line of the same bytes does not extend what the first one has extended.
  return lines.map((line) => ({ ...line, counts: chain.delete(line.hash) }));
}
