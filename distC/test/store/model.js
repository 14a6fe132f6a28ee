import { decide } from '../../src/booking/decide.js';
/** What the pure core makes of one batch after the other. */
export class Model {
    /** States with a version of their own. */
    #parts;
    /** @param perEvent whether every event has a version of its own; else there is one for all */
    constructor(events, perEvent) {
        const parts = perEvent
            ? Object.entries(events).map(([id, event]) => ({ [id]: event }))
            : [events];
        this.#parts = parts.map((each) => ({ version: 0, events: each }));
    }
    get state() {
        return {
            version: this.#parts.reduce((sum, { version }) => sum + version, 0),
            events: Object.assign({}, ...this.#parts.map(({ events }) => events)),
        };
    }
    sell(buys) {
        const nowhere = { version: 0, events: {} };
        const outcomes = [];
        const partOf = ({ eventId }) => this.#parts.length === 1
            ? 0
            : this.#parts.findIndex(({ events }) => Object.hasOwn(events, eventId));
        for (const part of new Set(buys.map(partOf))) {
            const places = buys.flatMap((buy, place) => (partOf(buy) === part ? [place] : []));
            const mine = places.map((place) => buys[place]);
            const decision = decide(this.#parts[part] ?? nowhere, mine);
            if (part >= 0)
                this.#parts[part] = decision.after;
            places.forEach((place, index) => {
                outcomes[place] = decision.outcomes[index];
            });
        }
        return outcomes;
    }
}
//# sourceMappingURL=model.js.map