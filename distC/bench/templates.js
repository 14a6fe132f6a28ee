import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
/** Tickets of an event that has enough for everybody, in every round. */
const CAPACITY = 100_000_000;
const SALES_IN_A_COMMIT = 256;
/** Folders that offices begin as copies of, made once each and removed with this process. */
export class Templates {
    #folders = [];
    #removeAll = () => this.remove();
    constructor() {
        process.on('exit', this.#removeAll);
    }
    /** A folder with so many events, `event-1` and on, and nothing sold. */
    withEvents(many) {
        const folder = this.#newFolder();
        const events = eventIdsOf(many).map((id, index) => [
            id,
            {
                name: `Event ${index + 1}: an evening of one kind or another`,
                venue: `Hall ${(index % 97) + 1}, Anywhere`,
                startsAt: '2030-01-01T20:00:00Z',
                price: { amount: 100, currency: 'EUR' },
                capacity: CAPACITY,
                remaining: CAPACITY,
            },
        ]);
        const state = { version: 0, events: Object.fromEntries(events) };
        writeFileSync(join(folder, 'tickets.json'), JSON.stringify(state));
        return folder;
    }
    /** A folder of a store in which so many tickets are sold, one to a buyer. */
    async sold(store, many) {
        const folder = this.#newFolder();
        const program = fileURLToPath(new URL('./programs/sell-many.js', import.meta.url));
        const args = [program, store, folder, String(many), String(SALES_IN_A_COMMIT)];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
        const [code] = await once(child, 'close');
        if (code !== 0)
            throw new Error(`${many} tickets could not be sold in advance: exit ${code}`);
        return folder;
    }
    remove() {
        for (const folder of this.#folders.splice(0)) {
            rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
        }
        process.off('exit', this.#removeAll);
    }
    #newFolder() {
        const folder = mkdtempSync(join(tmpdir(), 'turnstile-bench-'));
        this.#folders.push(folder);
        return folder;
    }
}
/** The ids of the events of such a folder. */
export const eventIdsOf = (many) => Array.from({ length: many }, (_, index) => `event-${index + 1}`);
//# sourceMappingURL=templates.js.map