import { describe, expect, test } from 'vitest';
import { LedgerHistory } from '../../../src/store/ledger/history.js';
import { judge } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import { events, fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';
describe('the history of a ledger', () => {
    test('is of one moment, however much is sold while it is read', async () => {
        const disk = new MemoryDisk(fileOf(genesisLine()));
        const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
        let selling = true;
        const sales = (async () => {
            for (let sale = 0; sale < 10; sale++)
                await sell(two, buy('a'));
            selling = false;
        })();
        const looks = [];
        while (selling) {
            const look = async () => {
                const history = await one.history();
                expect(history.settled).toBe(true);
                expect(judge(history)).toMatchObject({ lostUpdates: 0, withdrawn: 0 });
                expect(history.events.get('a')?.sold ?? 0).toBe(history.state.version);
                expect(history.state.events.a?.remaining).toBe(10 - history.state.version);
            };
            looks.push(look(), one.search().then(() => { }));
            await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all([sales, ...looks]);
        expect(looks.length).toBeGreaterThan(20);
        expect(judge(await one.history())).toMatchObject({ verdict: 'holds', version: 10 });
    });
    test('does not see what is folded meanwhile into the very state that it was handed', async () => {
        const disk = new MemoryDisk(fileOf(genesisLine()));
        await sell(await openStore(disk.open()), buy('a'));
        const live = { ...events(), a: anEvent(10, { remaining: 9 }) };
        const history = new LedgerHistory(disk.open(), async () => {
            setImmediate(() => {
                live.a = anEvent(10, { remaining: 5 });
            });
            return { state: { version: 1, events: live }, end: disk.bytes.length };
        });
        expect(judge(await history.read())).toMatchObject({ verdict: 'holds', withdrawn: 0 });
        expect(live.a.remaining).toBe(5);
    });
    test('counts the lines that did not count, also those at its end', async () => {
        const disk = new MemoryDisk(fileOf(genesisLine()));
        const store = await openStore(disk.open());
        await sell(store, buy('a'));
        disk.bytes = Buffer.concat([disk.bytes, Buffer.from('torn\n#\n')]);
        expect((await store.history()).skipped).toBe(2);
    });
});
//# sourceMappingURL=history.test.js.map