/** So many of the newest lines are shown. */
export const NEWEST_MAX = 40;
/**
 * Says which of these lines count: those that lead to a head, as far as they are among these. Pure.
 *
 * @param lines oldest first
 * @param heads the hash of the last line that counts, of each chain
 */
export function markCounting(lines, heads) {
    const byHash = new Map(lines.map((line) => [line.hash, line]));
    const chain = new Set();
    for (const head of heads) {
        for (let line = byHash.get(head); line !== undefined && !chain.has(line.hash); line = byHash.get(line.commit?.prev ?? '')) {
            chain.add(line.hash);
        }
    }
    // A second line of the same bytes does not extend what the first one has extended.
    return lines.map((line) => ({ ...line, counts: chain.delete(line.hash) }));
}
