import { eventOf, gone } from '../booking/events.js';
const nothing = { sold: 0, distinct: 0, withinGone: 0 };
/**
 * Judges what a store did. Pure.
 *
 * It holds when no ticket was sold twice or beyond the capacity, no update was lost, and every
 * ticket that somebody has is off sale. Tickets that are off sale but nobody's wrong nobody; they
 * are counted as withdrawn.
 */
export function judge(history) {
    const { state, commits, versions, skipped } = history;
    let withdrawn = 0;
    let stillOnSale = 0;
    const events = Object.entries(state.events).map(([id, event]) => {
        const { sold, distinct, withinGone } = history.events.get(id) ?? nothing;
        withdrawn += gone(event) - withinGone;
        stillOnSale += distinct - withinGone;
        const { capacity, remaining } = event;
        return {
            id,
            capacity,
            sold,
            remaining,
            oversold: Math.max(0, sold - capacity),
            duplicates: sold - distinct,
        };
    });
    const lostUpdates = commits - versions;
    // These two the receipts show by themselves; that the state agrees shows only when both stand still.
    const soldWrong = events.some(({ oversold, duplicates }) => oversold > 0 || duplicates > 0);
    for (const [id, { sold }] of history.events) {
        if (eventOf(state, id) === undefined)
            stillOnSale += sold; // of an event that is not there
    }
    const disagrees = history.settled && stillOnSale > 0;
    const broken = lostUpdates > 0 || soldWrong || disagrees;
    const proved = history.settled && commits > 0;
    const verdict = broken ? 'broken' : proved ? 'holds' : 'inconclusive';
    return { verdict, version: state.version, events, lostUpdates, withdrawn, skipped, stillOnSale };
}
