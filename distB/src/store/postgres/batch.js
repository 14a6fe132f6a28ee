import { decide, sameBuy } from '../../booking/decide.js';
import { eventOf } from '../../booking/events.js';
import { stateOf, versionOf } from './state.js';
/**
 * Decides a batch event by event: each has versions of its own, so that two events never wait for
 * each other. Buys of one event keep their order. Pure.
 *
 * @param rows the events of the batch, as they are in the database; one that is missing is unknown
 * @param known the orders that were sold with a key of this batch, by key
 */
export function decideBatch(rows, buys, known) {
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const outcomes = [];
    const commits = [];
    const keysSold = new Set();
    function recall(key) {
        const order = known.get(key);
        if (order !== undefined)
            return { sale: order, isOf: (buy) => sameBuy(order, buy) };
        return keysSold.has(key) ? ofAnotherEvent : undefined;
    }
    for (const [eventId, mine] of byEvent(buys)) {
        const before = rowOf.get(eventId);
        const decision = decide(stateOf(before === undefined ? [] : [before]), mine.map(({ buy }) => buy), recall);
        decision.outcomes.forEach((outcome, index) => {
            outcomes[mine[index]?.place ?? 0] = outcome;
        });
        if (!decision.sells || before === undefined)
            continue;
        const sold = salesOf(decision);
        const remaining = eventOf(decision.after, eventId)?.remaining ?? 0;
        commits.push({ before, remaining, sold });
        for (const { key } of sold)
            if (key !== undefined)
                keysSold.add(key);
    }
    return { outcomes, commits, version: versionOf(rows) + commits.length };
}
/** The key was sold in this very batch, but of another event; so it is reused, whatever was asked. */
const ofAnotherEvent = {
    get sale() {
        throw new Error('a sale of another event is nobody’s replay');
    },
    isOf: () => false,
};
function byEvent(buys) {
    const groups = new Map();
    for (const [place, buy] of buys.entries()) {
        const group = groups.get(buy.eventId);
        if (group === undefined)
            groups.set(buy.eventId, [{ buy, place }]);
        else
            group.push({ buy, place });
    }
    return groups;
}
/** Each sale once: the second of one key in a batch has the very outcome of the first. */
function salesOf({ outcomes }) {
    return [...new Set(outcomes)].filter((outcome) => outcome.kind === 'sold');
}
