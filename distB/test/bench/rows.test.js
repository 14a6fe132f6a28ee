import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { peers } from '../../bench/peers/registry.js';
import { comparisons, peerRows, rungsOf } from '../../bench/rows.js';
import { wholeBenchmark } from '../../bench/sweeps.js';
import { allLockModeNames, lockModesOf, storeNames } from '../../src/store/registry.js';
describe('the rungs', () => {
    const names = rungsOf(2).map(({ name }) => name);
    it('are every store in every lock mode, the ceiling, and a lock per buy', () => {
        const every = storeNames.flatMap((store) => Object.keys(lockModesOf(store)).map((mode) => `${store} ${mode}`));
        expect(allLockModeNames.length).toBeGreaterThan(3);
        expect(names.toSorted()).toEqual([...every, 'ceiling', 'json file BATCH_MAX=1'].sort());
    });
    it('must hold where the lock or the store keeps the race out, and only there', () => {
        const mustHold = (workers) => rungsOf(workers).flatMap(({ name, mustHold: must }) => (must ? [name] : []));
        expect(mustHold(2)).not.toContain('json mutex');
        expect(mustHold(1)).toContain('json mutex');
        expect(mustHold(1)).not.toContain('json off');
        expect(mustHold(2)).toEqual(expect.arrayContaining(['json file', 'ledger off', 'postgres row']));
        expect(mustHold(2)).not.toContain('postgres off');
    });
});
describe('the peers', () => {
    it('say how they are set up, and whether they are durable', () => {
        for (const { about, durable } of peerRows) {
            expect(about).toBeTruthy();
            expect(typeof durable).toBe('boolean');
        }
    });
    it('need no package that bench/package.json does not name', () => {
        const read = readFileSync(new URL('../../bench/package.json', import.meta.url), 'utf8');
        const { dependencies, optionalDependencies } = JSON.parse(read);
        const named = Object.keys({ ...dependencies, ...optionalDependencies });
        const needed = peers.flatMap((peer) => peer.package?.split('/')[0] ?? []);
        expect(needed.length).toBeGreaterThan(0);
        expect(named).toEqual(expect.arrayContaining(needed));
    });
});
it('what is compared is there', () => {
    const names = [...rungsOf(2), ...peerRows].map(({ name }) => name);
    for (const { of, to } of comparisons)
        expect(names).toEqual(expect.arrayContaining([of, to]));
});
it('every part of the whole benchmark says how much it is', async () => {
    const none = { sold: async () => '/nowhere', withEvents: () => '/nowhere' };
    for (const { offices, runs, make } of wholeBenchmark()) {
        const { cases } = await make(none);
        expect(cases).toHaveLength(runs);
        expect(new Set(cases.map(({ office }) => office)).size).toBe(offices);
    }
});
//# sourceMappingURL=rows.test.js.map