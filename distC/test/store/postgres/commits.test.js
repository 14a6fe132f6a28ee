import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';
const buy = (eventId, quantity = 1) => ({ eventId, customer: 'Ada', quantity });
async function soldSome(mode = 'row') {
    const database = await TestDatabase.forTest({ a: anEvent(10), b: anEvent(10) });
    await database.prepare();
    const store = await openStore(database, mode);
    await sell(store, buy('a', 2), buy('b'), buy('a'));
    await sell(store, buy('a'), { ...buy('a'), key: 'k' });
    await sell(store, buy('b', 3));
    return { database, store };
}
describe('commits', () => {
    test.each(['row', 'optimistic'])('are a chain for each event, %s', async (mode) => {
        const { database } = await soldSome(mode);
        const commits = await database.ask('select event, seq, prev, hash from turnstile.commits order by event, seq');
        const [office] = await database.ask('select id from turnstile.office');
        expect(commits.map(({ event, seq }) => [event, seq])).toEqual([
            [1, 1],
            [1, 2],
            [2, 1],
            [2, 2],
        ]);
        let prev = '';
        for (const commit of commits) {
            expect(commit.prev).toBe(commit.seq === 1 ? office?.id : prev);
            expect(commit.hash).toBe(await hashOf(database, commit));
            prev = commit.hash;
        }
    });
    test.each([
        [
            'an order put back on sale',
            'update turnstile.inventory set remaining = 9',
            { stillOnSale: 7 },
        ],
        [
            'a serial given twice',
            'insert into turnstile.serials values (1, 1, 1, false)',
            { verdict: 'broken' },
        ],
        [
            'a commit that vanished',
            'delete from turnstile.commits where event = 1 and seq = 1',
            { skipped: 1 },
        ],
        [
            'a commit made again',
            'insert into turnstile.commits select event, seq, prev, hash, false from turnstile.commits where event = 1',
            { verdict: 'broken', lostUpdates: 2 },
        ],
    ])('the verdict sees %s', async (_what, tamper, seen) => {
        const { database, store } = await soldSome();
        expect(judge(await store.history())).toMatchObject({
            verdict: 'holds',
            skipped: 0,
            stillOnSale: 0,
        });
        await database.ask(tamper);
        expect(judge(await store.history())).toMatchObject(seen);
    });
    test('the database refuses a serial that somebody has', async () => {
        const { database } = await soldSome();
        const twice = database.ask('insert into turnstile.serials values (1, 1, 1, true)');
        await expect(twice).rejects.toMatchObject({ code: '23505' });
    });
});
/** The hash of a commit, from the orders as they stand. */
async function hashOf(database, { event, seq, prev }) {
    const rows = await database.ask(`select event, first, quantity, remaining, version, token, customer::text as customer, key_hash
    from turnstile.orders where event = $1 and version = $2 order by first`, [event, seq]);
    const sold = rows.map(({ key_hash: keyHash, ...order }) => keyHash === null ? order : { ...order, keyHash });
    const text = JSON.stringify([prev, event, seq, sold]);
    return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
//# sourceMappingURL=commits.test.js.map