import { serialsFrom } from '../../booking/events.js';
import { Tally } from '../../verdict/tally.js';
import { LineReader } from '../lines.js';
import { SharedRun } from '../shared-run.js';
import { Chain } from './chain.js';
import { readGenesis } from './load.js';
/**
 * Counts a whole ledger from its genesis, without trusting its checkpoint. It keeps what it counted,
 * so that a second look reads only what was appended since.
 */
export class LedgerHistory {
    #file;
    #newest;
    #tally = new Tally();
    #reading = new SharedRun(() => this.#read());
    #counting;
    /** @param newest the newest state: what the lines should have led to */
    constructor(file, newest) {
        this.#file = file;
        this.#newest = newest;
    }
    /** What was counted, beside the state that it should have led to. */
    read() {
        return this.#reading.run();
    }
    async #read() {
        const { state: newest, end } = await this.#newest();
        // A copy: the state goes on being folded while the lines are counted that led to this one.
        const state = { version: newest.version, events: { ...newest.events } };
        this.#counting ??= await this.#begin();
        const { chain, lines } = this.#counting;
        await lines.readOn((line, offset) => {
            const counted = chain.take(line, offset);
            for (const op of counted?.commit.ops ?? [])
                this.#count(counted?.head.seq ?? 0, op);
        }, end); // and no further, so that both are of one moment however much is sold meanwhile
        const settled = chain.head.seq === state.version;
        return { ...this.#tally.against(state, settled), skipped: chain.skipped };
    }
    async #begin() {
        const { head } = await readGenesis(this.#file);
        return { chain: new Chain(head), lines: new LineReader(this.#file, head.end) };
    }
    #count(version, { event: eventId, first, quantity }) {
        const serials = serialsFrom(first, quantity);
        this.#tally.add({ commit: String(version), version, eventId, serials });
    }
}
