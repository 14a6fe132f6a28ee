import { eventOf, gone } from '../booking/events.js';
import { NumberSet } from './number-set.js';
/** Counts noted sales one by one, in memory that grows by a bit per ticket and not by a sale. */
export class Tally {
    #events = new Map();
    #versions = new NumberSet();
    #commits = 0;
    #lastCommit;
    #skipped = 0;
    /** Counts a sale. The sales of one commit come one after the other. */
    add({ commit, version, eventId, serials }) {
        if (commit !== this.#lastCommit) {
            this.#commits++;
            this.#versions.add(version);
            this.#lastCommit = commit;
        }
        const event = this.#events.get(eventId) ?? { sold: 0, serials: new NumberSet() };
        this.#events.set(eventId, event);
        event.sold += serials.length;
        for (const serial of serials)
            event.serials.add(serial);
    }
    /** Counts a line that is no sale. */
    skip() {
        this.#skipped++;
    }
    /** What was counted, beside the state that it should have led to. */
    against(state, settled) {
        const events = new Map();
        for (const [id, { sold, serials }] of this.#events) {
            const event = eventOf(state, id);
            const withinGone = event === undefined ? 0 : serials.countUpTo(gone(event));
            events.set(id, { sold, distinct: serials.size, withinGone });
        }
        return {
            state,
            events,
            commits: this.#commits,
            versions: this.#versions.size,
            skipped: this.#skipped,
            settled,
        };
    }
}
