import { mkdirSync, utimesSync } from 'node:fs';
import { expect } from 'vitest';
import { stores } from '../../../src/store/registry.js';
import { anEvent } from '../../support/folder.js';
import { kill } from '../../support/office.js';
import { failingOffice } from '../failing.js';
/** Steps at which a seller has read and not yet written. */
const inside = ['loaded', 'paused', 'decided'];
/** An office of one worker. */
async function openTaker(round, store, folder) {
    const env = { STORE: store, LOCK_MODE: 'file', WORKERS: '1', LOCK_STALE_MS: '2000' };
    const { office, arm, untilFailed } = await failingOffice(round, { folder, env });
    const pid = (await office.workers())[0]?.pid ?? 0;
    return {
        office,
        parkAt: (at) => arm(pid, { at, how: 'stop' }),
        untilParked: () => untilFailed(pid),
        goOn: () => kill(pid, 'SIGCONT'),
        async buy(customer) {
            const answer = await office.buy({ eventId: 'gala', customer });
            return { status: answer.status, ...(await answer.json()) };
        },
    };
}
/** What a crash leaves of a holder: a lease that nobody touches any more. */
function leaveLease(store, folder) {
    const lease = `${stores[store].guardedFile(folder)}.lock`;
    mkdirSync(lease);
    utimesSync(lease, new Date(0), new Date(0));
}
/**
 * Two find one stale lease (proper-lockfile's issue 121). The first is stopped right before it
 * removes it. The second removes it, takes the lease, and is stopped in its critical section. The
 * first goes on: it removes the second one's lease, takes it too, and sells. Then the second goes on.
 *
 * @param plays so many times, with the same two offices
 */
export async function takeOneLeaseTwice(round, store, plays) {
    const folder = round.folder({ gala: anEvent(1000) });
    const one = await openTaker(round, store, folder);
    const other = await openTaker(round, store, folder);
    const serials = [];
    for (let play = 0; play < plays; play++) {
        const [first, second] = round.random.pick([
            [one, other],
            [other, one],
        ]);
        leaveLease(store, folder);
        await first.parkAt('rmdir');
        const firstSale = first.buy('Ada');
        await first.untilParked();
        await second.parkAt(round.random.pick(inside));
        let secondLeft = false;
        const secondSale = second.buy('Bob').finally(() => {
            secondLeft = true;
        });
        await second.untilParked(); // it holds the lease
        first.goOn();
        expect(await firstSale).toMatchObject({ status: 201 }); // so it held one as well,
        expect(secondLeft).toBe(false); // while the second one was still in its section
        second.goOn();
        expect(await secondSale).toMatchObject({ status: 201 });
        for (const sale of [firstSale, secondSale])
            serials.push(...(await sale).serials);
    }
    return { serials, verdict: await one.office.verdict() };
}
const soldTwice = (serials) => serials.length - new Set(serials).size;
export const twoTakersOfOneLease = {
    number: 3,
    fault: 'two take one stale lease, and both hold it',
    expected: 'ledger: holds, and skips a line; json: sells a ticket twice, and the verdict says so',
    async run(round) {
        const plays = round.whole ? 6 : 1;
        const ledger = await takeOneLeaseTwice(round, 'ledger', plays);
        expect(soldTwice(ledger.serials)).toBe(0);
        expect(ledger.verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
        expect(ledger.verdict.skipped).toBeGreaterThanOrEqual(plays);
        const json = await takeOneLeaseTwice(round, 'json', plays);
        expect(soldTwice(json.serials)).toBe(plays);
        expect(json.verdict).toMatchObject({ verdict: 'broken', lostUpdates: plays });
        const { skipped } = ledger.verdict;
        return `${plays} plays each: ledger ${skipped} lines skipped; json ${plays} sold twice`;
    },
};
//# sourceMappingURL=two-takers-of-one-lease.js.map