import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { UnusableError } from '../../unusable.js';
import { connectionTo, shownAddress } from './address.js';
import { withDatabase } from './connect.js';
import { Session } from './session.js';
import { enterOffice, otherMode, sayMode, takeOfficeAlone } from './sql/advisory.js';
/** How often a lost connection is made anew. */
const AGAIN_MS = 1_000;
/**
 * Says that an office sells from this database, with advisory locks on a connection of its own: a
 * reset keeps away meanwhile, and so does an office whose lock mode would not keep this one out.
 * They are gone with the connection, and taken again with the next.
 */
export class Presence {
    #address;
    #exclusive;
    #client;
    #closed = false;
    constructor(address, exclusive) {
        this.#address = address;
        this.#exclusive = exclusive;
    }
    /**
     * @param exclusive whether this office's lock mode keeps others out
     * @throws UnusableError while the tickets are being reset, or are sold in another way
     */
    static async open(address, exclusive) {
        const presence = new Presence(address, exclusive);
        await presence.#enter();
        return presence;
    }
    async close() {
        this.#closed = true;
        await this.#client?.end().catch(() => { });
    }
    async #enter() {
        const client = new pg.Client(connectionTo(this.#address));
        client.on('error', () => { }); // its end is what counts
        try {
            await client.connect();
            await this.#sayWhoIsHere(new Session(client));
        }
        catch (error) {
            await client.end().catch(() => { });
            throw error;
        }
        this.#client = client;
        client.once('end', () => void this.#comeBack());
        if (this.#closed)
            await client.end().catch(() => { });
    }
    async #sayWhoIsHere(session) {
        const [entered] = await session.rows(enterOffice);
        if (!entered?.granted) {
            throw new UnusableError(`${shownAddress(this.#address)} is being reset: try again when that is done`);
        }
        // Said first, asked then: of two that come at once, at least one hears of the other.
        await session.rows(sayMode, [this.#exclusive]);
        const [other] = await session.rows(otherMode, [this.#exclusive]);
        if (!other?.there)
            return;
        const how = this.#exclusive ? 'LOCK_MODE=off' : 'a lock mode that keeps others out';
        throw new UnusableError(`${shownAddress(this.#address)} is open with ${how}: start this office so, too, or take another database`);
    }
    async #comeBack() {
        while (!this.#closed) {
            await sleep(AGAIN_MS, undefined, { ref: false });
            const entered = await this.#enter().then(() => true, () => false);
            if (entered)
                return;
        }
    }
}
/**
 * Runs a section while no office sells from this database, and none can begin to.
 *
 * @throws UnusableError when one does
 */
export function withOfficeAlone(address, waitMs, section) {
    return withDatabase(address, waitMs, async (session) => {
        const [alone] = await session.rows(takeOfficeAlone);
        if (!alone?.granted) {
            throw new UnusableError(`an office sells from ${shownAddress(address)}: stop it first`);
        }
        return section(session);
    });
}
