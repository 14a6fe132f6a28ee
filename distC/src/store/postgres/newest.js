import { markCounting, NEWEST_MAX } from '../chain-lines.js';
import { selectNewestCommits } from './sql/newest-commits.js';
/**
 * The newest commits of all events. Under `off` two may extend the same one; the chain goes through
 * the one that wrote the inventory last, and what the other sold is lost.
 */
export async function readNewest(session) {
    const rows = await session.rows(selectNewestCommits, [NEWEST_MAX]);
    return markCounting(rows.map(lineOf), new Set(rows.map(({ head }) => head)));
}
function lineOf(row) {
    const { event_id: eventId, seq, prev, hash, first, last, at } = row;
    const sold = first === null || last === null ? [] : [{ eventId, first, last }];
    return { hash, commit: { seq, prev, at: at.toISOString(), sold } };
}
