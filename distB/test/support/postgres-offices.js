import { expect } from 'vitest';
import { anEvent } from './folder.js';
import { TestOffice } from './office.js';
import { until } from './processes.js';
export const events = { big: anEvent(1_000_000) };
/** An office on this database, which is gone when the test ends. */
export const officeOn = (database, env = {}, rest = {}) => TestOffice.startForTest({
    database,
    env: { WORKERS: '2', LOG_LEVEL: 'silent', ...env },
    ...rest,
});
/** Every ticket that a buyer was told of is in the database, none was told twice, and the verdict holds. */
export async function expectRight(office, ...loads) {
    const told = loads.flatMap((load) => load.sold.flatMap(({ serials }) => serials ?? []));
    expect(told.length).toBeGreaterThan(20);
    expect(new Set(told).size).toBe(told.length);
    const there = new Set(await office.soldSerials('big'));
    expect(told.filter((serial) => !there.has(serial))).toEqual([]);
    expect(await office.verdict()).toMatchObject({
        verdict: 'holds',
        lostUpdates: 0,
        withdrawn: 0,
        skipped: 0,
    });
}
/** Waits until somebody has bought since a moment. */
export const untilSoldSince = (load, since) => until('somebody sells again', () => load.sold.some(({ sentAt }) => sentAt > since), 20_000);
//# sourceMappingURL=postgres-offices.js.map