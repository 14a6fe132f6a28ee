import { eventOf, serialsFrom } from './events.js';
export function decide(state, buys, recall) {
    const recalled = (key) => (key === undefined ? undefined : recall?.(key));
    // The first new buy that fits the state as it came in is sold for certain: nothing was sold before it.
    const sells = buys.some(({ eventId, quantity, key }) => {
        const event = eventOf(state, eventId);
        return event !== undefined && quantity <= event.remaining && recalled(key) === undefined;
    });
    const version = sells ? state.version + 1 : state.version;
    const leftOf = new Map(); // of the events that were sold from
    const soldHere = new Map();
    function outcomeOf(buy) {
        const earlier = recalled(buy.key);
        if (earlier !== undefined) {
            return earlier.isOf(buy)
                ? { kind: 'replayed', sale: earlier.sale }
                : { kind: 'keyReused', eventId: buy.eventId, version };
        }
        const here = buy.key === undefined ? undefined : soldHere.get(buy.key);
        if (here !== undefined) {
            return here.isOf(buy) ? here.sale : { kind: 'keyReused', eventId: buy.eventId, version };
        }
        const outcome = sell(buy);
        if (buy.key !== undefined && outcome.kind === 'sold') {
            soldHere.set(buy.key, { sale: outcome, isOf: (other) => sameBuy(buy, other) });
        }
        return outcome;
    }
    function sell(buy) {
        const { eventId, quantity } = buy;
        const event = eventOf(state, eventId);
        if (event === undefined)
            return { kind: 'unknownEvent', eventId, version };
        const left = leftOf.get(eventId) ?? event.remaining;
        if (quantity > left) {
            return { kind: 'soldOut', eventId, requested: quantity, remaining: left, version };
        }
        const serials = serialsFrom(event.capacity - left + 1, quantity);
        const remaining = left - quantity;
        leftOf.set(eventId, remaining);
        return { ...buy, kind: 'sold', serials, remaining, version };
    }
    return {
        outcomes: buys.map(outcomeOf),
        version,
        sells,
        // Made only for who asks: with many events it is the larger part of the work.
        get after() {
            if (!sells)
                return state;
            const events = { ...state.events };
            for (const [id, remaining] of leftOf) {
                events[id] = { ...eventOf(state, id), remaining };
            }
            return { version, events };
        },
    };
}
/** Whether two buys ask for the same. */
export const sameBuy = (one, other) => one.eventId === other.eventId &&
    one.customer === other.customer &&
    one.quantity === other.quantity;
