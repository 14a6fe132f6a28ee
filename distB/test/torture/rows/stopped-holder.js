import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEvent } from '../../support/folder.js';
import { kill } from '../../support/office.js';
import { failingOffice } from '../failing.js';
const STALE_MS = 2000;
/** Steps of a lock turn after which a holder can be stopped. */
export const stepsHeld = {
    json: ['lockHeld', 'loaded', 'paused', 'decided', 'replaced', 'appended'],
    ledger: ['lockHeld', 'loaded', 'paused', 'decided', 'appended'],
};
/** Between these, a holder has read and not yet written: whoever sells meanwhile sells the same. */
const inTheDark = new Set(['loaded', 'paused', 'decided']);
/**
 * Two offices sell from one folder. The first one's worker is stopped right after a step of its turn,
 * for longer than a lease lasts; the second one sells meanwhile, if it can; then the first one goes on
 * as if nothing had happened. So for every step in turn.
 */
export async function sellPastAStoppedHolder(round, store, mode, steps) {
    const folder = round.folder({ gala: anEvent(100) });
    const env = {
        STORE: store,
        LOCK_MODE: mode,
        WORKERS: '1',
        LOCK_STALE_MS: String(STALE_MS),
        LOCK_TIMEOUT_MS: '20000',
        HEARTBEAT_TIMEOUT_MS: '60000', // nobody ends the one that is stopped
    };
    const [slow, quick] = await Promise.all([
        failingOffice(round, { folder, env }),
        round.office({ folder, env }),
    ]);
    const pid = (await slow.office.workers())[0]?.pid ?? 0;
    const serials = [];
    for (const step of steps) {
        await slow.arm(pid, { at: step, how: 'stop' });
        const first = slow.office.buy({ eventId: 'gala', customer: 'Ada' });
        await slow.untilFailed(pid);
        const second = quick.buy({ eventId: 'gala', customer: 'Bob' });
        await Promise.race([second, sleep(STALE_MS + 1500)]);
        kill(pid, 'SIGCONT');
        for (const answer of await Promise.all([first, second])) {
            expect(answer.status).toBe(201);
            serials.push(...(await answer.json()).serials);
        }
    }
    return { serials: serials.sort((one, other) => one - other), verdict: await quick.verdict() };
}
export const stoppedHolder = {
    number: 1,
    fault: 'a holder of the lease is stopped at every step for longer than `stale`; others sell',
    expected: 'ledger: holds, the overtaken lines are skipped; json: a ticket is sold twice, and it is said',
    async run(round) {
        const [ledger, json] = await Promise.all([
            sellPastAStoppedHolder(round, 'ledger', 'file', stepsHeld.ledger),
            sellPastAStoppedHolder(round, 'json', 'file', stepsHeld.json),
        ]);
        expect(new Set(ledger.serials).size).toBe(2 * stepsHeld.ledger.length);
        expect(ledger.verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
        expect(ledger.verdict.skipped).toBe(inTheDark.size);
        expect(json.verdict).toMatchObject({ verdict: 'broken', lostUpdates: inTheDark.size });
        return `ledger: ${ledger.serials.length} sold, ${ledger.verdict.skipped} lines skipped; json: ${json.verdict.lostUpdates} lost updates`;
    },
};
//# sourceMappingURL=stopped-holder.js.map