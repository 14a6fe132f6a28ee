import { selectHistory } from './sql/history.js';
import { stateOf } from './state.js';
/**
 * All that was sold, counted by the database. Every event has versions of its own, so that commits
 * and versions are counted for each and added up.
 */
export async function readHistory(session) {
    const rows = await session.rows(selectHistory);
    const total = (name) => rows.reduce((sum, row) => sum + row[name], 0);
    const events = rows.map((row) => [
        row.id,
        { sold: row.sold, distinct: row.distinct_serials, withinGone: row.within_gone },
    ]);
    return {
        state: stateOf(rows),
        events: new Map(events),
        commits: total('commits'),
        versions: total('versions'),
        skipped: total('unchained'),
        settled: true, // one statement sees one moment
    };
}
