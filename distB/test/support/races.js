import { afterAll, beforeAll, expect } from 'vitest';
import { eventsOf, raceIds } from './folder.js';
import { TestOffice } from './office.js';
export const EVENTS = 20;
export const CAPACITY = 100;
/** What a race of twice as many buyers as tickets comes to that went right. */
export const exactly = (capacity = CAPACITY) => ({
    ruling: 'holds',
    sold: capacity,
    refused: capacity,
    unknown: 0,
    soldTwice: 0,
    after: 0,
    why: [],
});
/** One cluster for a whole `describe`: a start takes longer than a race. */
export function officeOf(mode, workers, env = {}, { events = EVENTS, capacity = CAPACITY } = {}) {
    let office;
    beforeAll(async () => {
        office = await TestOffice.start({
            env: { LOCK_MODE: mode, WORKERS: String(workers), ...env },
            events: eventsOf(raceIds(events), capacity),
        });
    });
    afterAll(() => office.dispose());
    return () => office;
}
/** Lets twice as many buyers at each event as it has tickets, one event after the other. */
export async function raceForEach(office, ids, capacity = CAPACITY) {
    const races = [];
    for (const id of ids)
        races.push(await office.race(id, 2 * capacity));
    return races;
}
export const wrong = (races) => races.filter(({ ruling }) => ruling === 'broken').length;
/** Exactly as many as there are, serials 1 to the last, everyone else refused, and both files say so. */
export function expectExact(office, races, capacity = CAPACITY) {
    for (const race of races) {
        expect(race).toMatchObject(exactly(capacity));
    }
    const receipts = office.receipts();
    for (const id of raceIds(races.length)) {
        const serials = receipts
            .filter(({ eventId }) => eventId === id)
            .flatMap((each) => each.serials);
        const sorted = serials.sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: capacity }, (_, index) => index + 1));
        expect(office.state().events[id]?.remaining).toBe(0);
    }
}
//# sourceMappingURL=races.js.map