import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SharedRun } from '../shared-run.js';
import { decideBatch } from './batch.js';
import { hashOfKey, orderOfRow, readOrderId } from './commit.js';
import { readHistory } from './history.js';
import { readNewest } from './newest.js';
import { retrying } from './retry.js';
import { selectAllInventory } from './sql/all-inventory.js';
import { selectOrder, selectOrdersByKey } from './sql/find-orders.js';
import { lockInventory } from './sql/inventory.js';
import { stateOf, versionOf } from './state.js';
import { meaningOf } from './trouble.js';
/** How long a question that only looks goes on trying. */
const LOOKING_MS = 1_000;
/** A commit is durable when PostgreSQL has answered. */
const durable = Promise.resolve();
/**
 * Sells from tables of a PostgreSQL that any number of machines share. A batch is one transaction:
 * read its events, decide with the same pure code as every store, write, commit, answer. How batches
 * are kept apart is the mode's matter.
 *
 * Versions count per event, so that two events never wait for each other. What speaks of all events,
 * a search and a verdict, bears the sum.
 */
export class PostgresStore {
    remembersKeys;
    #options;
    #search = new SharedRun(() => this.#look(searchAll));
    #history = new SharedRun(() => this.#look(readHistory));
    #newest = new SharedRun(() => this.#look(readNewest));
    constructor(options) {
        this.#options = options;
        // Without a lock one key could sell twice before either sale is there to be found.
        this.remembersKeys = options.mode.exclusive;
    }
    async sell(buys, tell) {
        const { mode, selling, lockTimeoutMs } = this.#options;
        const attempt = {
            sessions: selling,
            decide: (session, inventory) => this.#decide(session, inventory, buys, tell),
        };
        const attempted = await retrying(() => mode.attempt(attempt).catch((error) => {
            if (meaningOf(error) === 'again')
                tell('overtaken');
            throw error;
        }), lockTimeoutMs);
        const { decision, writing } = attempted;
        if (writing.commits.length > 0)
            tell('replaced', { version: decision.version });
        return { told: toldOf(attempted), durable };
    }
    search() {
        return this.#search.run();
    }
    find(orderId) {
        const named = readOrderId(orderId);
        if (named === undefined)
            return Promise.resolve(undefined);
        const { event, first, token } = named;
        return this.#look(async (session) => {
            const [found] = await session.rows(selectOrder, [event, first, token]);
            return found && orderOfRow(found);
        });
    }
    history() {
        return this.#history.run();
    }
    newest() {
        return this.#newest.run();
    }
    async close() {
        await Promise.all([this.#options.selling.close(), this.#options.looking.close()]);
    }
    #look(work) {
        return retrying(() => this.#options.looking.use(work), LOOKING_MS);
    }
    async #decide(session, inventory, buys, tell) {
        const { raceWindowMs } = this.#options;
        // An id of ours has no character 0, which PostgreSQL would not take in a text.
        const ids = new Set(buys.map(({ eventId }) => eventId).filter((id) => !id.includes('\0')));
        const rows = await session.rows(inventory, [[...ids]]);
        if (inventory === lockInventory)
            tell('rowsLocked');
        // After the rows: who waited for their lock must see the keys of whoever held it.
        const known = await ordersByKey(session, buys);
        tell('loaded', { version: versionOf(rows) });
        if (raceWindowMs > 0)
            await sleep(raceWindowMs);
        tell('paused');
        const decision = decideBatch(rows, buys, known);
        tell('decided', { version: decision.version });
        return decision;
    }
}
async function ordersByKey(session, buys) {
    const keyOf = new Map(buys.flatMap(({ key }) => (key === undefined ? [] : [[hashOfKey(key), key]])));
    if (keyOf.size === 0)
        return new Map();
    const rows = await session.rows(selectOrdersByKey, [[...keyOf.keys()]]);
    return new Map(rows.map((row) => [keyOf.get(row.key_hash ?? '') ?? '', orderOfRow(row)]));
}
async function searchAll(session) {
    const rows = await session.rows(selectAllInventory);
    const hash = createHash('sha256');
    for (const { head, remaining } of rows)
        hash.update(`${head} ${remaining} `);
    return { state: stateOf(rows), tag: hash.digest('base64url').slice(0, 22) };
}
/** What the buyers of a batch are told. */
function toldOf({ decision, writing }) {
    return decision.outcomes.map((outcome) => {
        if (outcome.kind === 'replayed')
            return outcome.sale;
        if (outcome.kind !== 'sold')
            return outcome;
        const order = writing.orderOf.get(outcome);
        if (order === undefined)
            throw new Error('a sale has no order'); // nothing may be told of it
        return order;
    });
}
