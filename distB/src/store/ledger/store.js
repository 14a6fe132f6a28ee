import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '../../booking/decide.js';
import { serialsFrom } from '../../booking/events.js';
import { Fault } from '../../booking/faults.js';
import { readLineAt } from '../lines.js';
import { SharedRun } from '../shared-run.js';
import { DamagedLedgerError } from './chain.js';
import { LedgerHistory } from './history.js';
import { bodyOf } from './keys.js';
import { hashOf, parseCommit, printLine } from './line.js';
import { Syncs } from './syncs.js';
import { readTail } from './tail.js';
/**
 * Sells by appending to `ledger.jsonl`, one line a commit. A line counts if it extends the chain; so
 * whoever was overtaken sold nothing, lock or no lock, and finds out by reading back. The lock only
 * saves work that would be done in vain.
 */
export class LedgerStore {
    remembersKeys = true;
    #options;
    #fold;
    #lines;
    #syncs;
    #history;
    /** Folds what was appended since the last time. */
    #follow = new SharedRun(() => this.#lines
        .readOn((line, offset) => this.#take(line, offset))
        .catch((error) => {
        if (error instanceof DamagedLedgerError)
            this.#stop(Fault.from(error));
        throw error;
    }));
    #writer = randomBytes(6).toString('base64url');
    #commits = 0;
    #tail;
    /** The hashes of lines that are being appended here, and such a line once it counts. */
    #appending = new Map();
    #stopped = false;
    constructor(options) {
        const { file, loaded } = options;
        this.#options = options;
        this.#fold = loaded.fold;
        this.#lines = loaded.lines;
        this.#syncs = new Syncs(loaded.synced, () => file.datasync(), () => this.#fold.head, (fault) => this.#stop(fault));
        this.#history = new LedgerHistory(file, async () => {
            await this.#follow.run();
            return { state: this.#fold.state, end: this.#lines.offset };
        });
    }
    async sell(buys, tell) {
        const { durable, raceWindowMs, lockTimeoutMs } = this.#options;
        const deadline = performance.now() + lockTimeoutMs;
        let attempted = false; // a line of this batch may stand in the file, and must stay skipped
        try {
            for (;;) {
                await this.#follow.run();
                tell('loaded', { version: this.#fold.head.seq });
                if (raceWindowMs > 0)
                    await sleep(raceWindowMs);
                tell('paused');
                const decision = decide(this.#fold.state, buys, (key) => this.#recall(key));
                const { head } = this.#fold;
                tell('decided', { version: decision.version });
                // Before anything is appended: a read that fails then would leave a sale that nobody is told of.
                const replays = await this.#replaysOf(decision);
                if (!decision.sells) {
                    const told = toldOf(decision, replays);
                    return { told, durable: this.#durable(head.end, attempted) };
                }
                attempted = true;
                const counted = await this.#append(decision, head, tell);
                if (counted !== undefined) {
                    const told = toldOf(decision, replays, this.#salesOf(decision, counted));
                    return { told, durable: this.#durable(counted.head.end) };
                }
                if (performance.now() > deadline) {
                    throw new Fault('LOCK_TIMEOUT', `overtaken again and again for ${lockTimeoutMs} ms`);
                }
            }
        }
        catch (error) {
            // Before anybody is told that nothing was sold, what was skipped must be sure to stay so.
            if (attempted && durable)
                await this.#syncs.everything();
            throw error;
        }
    }
    async search() {
        await this.#follow.run();
        return { state: this.#fold.state, tag: this.#fold.head.hash };
    }
    async find(orderId) {
        const named = this.#options.ids.read(orderId);
        const line = named && (await this.#lineAt(named.sale.offset));
        if (named === undefined || line === undefined || !named.isIn(line.commit))
            return undefined;
        await this.#durable(line.end);
        return this.#orderOf(line.commit, named.sale);
    }
    history() {
        return this.#history.read();
    }
    async newest() {
        await this.#follow.run();
        const { hash } = this.#fold.head;
        const end = this.#lines.offset;
        // Whoever looks again and again at a ledger that stands still costs nothing.
        if (this.#tail?.end !== end) {
            this.#tail = { end, lines: await readTail(this.#options.file, end, hash) };
        }
        return this.#tail.lines;
    }
    close() {
        return this.#options.file.close();
    }
    #take(line, offset) {
        const counted = this.#fold.take(line, offset);
        if (counted === undefined || !this.#appending.has(counted.head.hash))
            return;
        this.#appending.set(counted.head.hash, counted);
    }
    /** Appends a commit with one write, and reads back whether it counts. */
    async #append(decision, head, tell) {
        const { seq, hash } = this.#syncs.covered;
        const line = printLine({
            seq: head.seq + 1,
            prev: head.hash,
            synced: { seq, hash },
            writer: `${this.#writer}.${++this.#commits}`,
            pid: process.pid,
            at: new Date().toISOString(),
            ops: salesOf(decision).map(opOf),
        });
        const mine = hashOf(line);
        this.#appending.set(mine, undefined);
        try {
            // A bare newline would complete a torn line that lacks nothing else; after `#` it is no line.
            const begin = this.#lines.unfinished > 0 ? '#\n' : '';
            await this.#options.file.write(Buffer.concat([Buffer.from(begin), line, Buffer.from('\n')]));
            tell('appended');
            // A write that was short is torn, and is never finished: it is not found, like an overtaken one.
            await this.#follow.run();
            return this.#appending.get(mine);
        }
        finally {
            this.#appending.delete(mine);
        }
    }
    /**
     * Every answer waits for a sync that covers what it was made from: the line that sold, or the state
     * that refused or that knew the key. (A line that a key recalls lies before.)
     *
     * @param everything skipped lines behind `end` too
     */
    async #durable(end, everything = false) {
        if (!this.#options.durable)
            return;
        await (everything ? this.#syncs.everything() : this.#syncs.cover(end));
    }
    #recall(key) {
        const found = this.#fold.keys.find(key);
        if (found === undefined)
            return undefined;
        const isOf = (buy) => bodyOf(buy.eventId, buy.customer, buy.quantity) === found.body;
        return { sale: found.sale, isOf };
    }
    /** The sales that keys recall, as they were told the first time. */
    async #replaysOf({ outcomes }) {
        const replays = outcomes.filter((outcome) => outcome.kind === 'replayed');
        const found = replays.map(async (outcome) => {
            const line = await this.#lineAt(outcome.sale.offset);
            const order = line && this.#orderOf(line.commit, outcome.sale);
            if (order === undefined)
                throw new Error(`no sale at byte ${outcome.sale.offset}`);
            return [outcome, order];
        });
        return new Map(await Promise.all(found));
    }
    /** The sales of a line that counts. */
    #salesOf(decision, { commit, offset }) {
        const orders = new Map();
        for (const [index, sold] of salesOf(decision).entries()) {
            const order = this.#orderOf(commit, { offset, index });
            if (order !== undefined)
                orders.set(sold, order);
        }
        return orders;
    }
    async #lineAt(offset) {
        const line = await readLineAt(this.#options.file, offset);
        const commit = line && parseCommit(line);
        return commit && { commit, end: offset + line.length + 1 };
    }
    /** A sale of a line that counts. What is told at once and what is looked up later is made alike. */
    #orderOf(commit, sale) {
        const op = commit.ops[sale.index];
        if (op === undefined)
            return undefined;
        const { event: eventId, customer, quantity, first, left: remaining } = op;
        const serials = serialsFrom(first, quantity);
        const orderId = this.#options.ids.make(sale, commit);
        const version = commit.seq;
        return { kind: 'sold', orderId, eventId, customer, quantity, serials, remaining, version };
    }
    #stop(fault) {
        if (this.#stopped)
            return;
        this.#stopped = true;
        this.#options.onFault(fault);
    }
}
/** The sales of a batch, each once: the second of one key in a batch has the very outcome of the first. */
function salesOf({ outcomes }) {
    return [...new Set(outcomes)].filter((outcome) => outcome.kind === 'sold');
}
/** What the buyers of a batch are told. */
function toldOf({ outcomes }, ...found) {
    return outcomes.map((outcome) => {
        if (outcome.kind !== 'sold' && outcome.kind !== 'replayed')
            return outcome;
        const order = found.map((orders) => orders.get(outcome)).find((each) => each !== undefined);
        if (order === undefined)
            throw new Error('a sale has no order'); // nothing may be told of it
        return order;
    });
}
function opOf({ eventId, customer, quantity, serials, remaining, key }) {
    const [first = 0] = serials;
    const op = { event: eventId, customer, quantity, first, left: remaining };
    return key === undefined ? op : { ...op, key };
}
