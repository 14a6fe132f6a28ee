import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '../booking/decide.js';
import { JsonEvidence } from './evidence.js';
/** What was read is durable already. */
const nothingNew = Promise.resolve();
/** One JSON file is the truth: `tickets.json`. What buyers were told is noted in `receipts.jsonl`. */
export class JsonStore {
    remembersKeys = false;
    #tickets;
    #receipts;
    #raceWindowMs;
    #evidence;
    constructor(tickets, receipts, raceWindowMs) {
        this.#tickets = tickets;
        this.#receipts = receipts;
        this.#raceWindowMs = raceWindowMs;
        this.#evidence = new JsonEvidence(tickets.path, receipts.path);
    }
    /**
     * The critical section: read, decide, write. Between the read and the write another process may
     * do the same, unless a lock around this method keeps it out. Then both work from one number:
     *
     *     worker 1   read "3 left"                sell serial 98   write "2 left"
     *     worker 2         read "3 left"                sell serial 98   write "2 left"
     *
     * Two people hold ticket 98. The file says that one ticket was sold: the first update is lost.
     * Nothing here is at fault but the missing lock. No line is slow, random or staged.
     */
    async sell(buys, tell) {
        const before = await this.#tickets.read(); // "3 left"
        tell('loaded', { version: before.version });
        // Any `await` will do for the race. A pause only makes it easier to see (RACE_WINDOW_MS).
        if (this.#raceWindowMs > 0)
            await sleep(this.#raceWindowMs);
        tell('paused');
        const { outcomes, after } = decide(before, buys); // "mine is number 98, 2 left"
        tell('decided', { version: after.version });
        if (after === before)
            return { told: await this.#receipts.note(outcomes), durable: nothingNew };
        await this.#tickets.replace(after); // whoever writes last wins
        tell('replaced', { version: after.version });
        const told = await this.#receipts.note(outcomes); // what the buyers are told, the evidence
        tell('appended');
        return { told, durable: this.#receipts.sync() };
    }
    search() {
        return this.#tickets.snapshot();
    }
    find(orderId) {
        return this.#receipts.find(orderId);
    }
    history() {
        return this.#evidence.read();
    }
    close() {
        return this.#receipts.close();
    }
}
