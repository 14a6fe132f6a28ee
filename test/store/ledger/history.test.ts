import { describe, expect, test } from 'vitest';
import { LedgerHistory } from '../../../src/store/ledger/history.js';
import { judge } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import { events, fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

describe('ledger history', () => {
  test('counts sales and state of one moment while tickets are sold', async () => {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
    let selling = true;
    const sales = (async () => {
      for (let sale = 0; sale < 10; sale++) await sell(two, buy('a'));
      selling = false;
    })();
    const reads: Promise<void>[] = [];
    while (selling) {
      const readHistory = async () => {
        const history = await one.history();
        expect(history.settled).toBe(true);
        expect(judge(history)).toMatchObject({ lostUpdates: 0, withdrawn: 0 });
        expect(history.events.get('a')?.sold ?? 0).toBe(history.state.version);
        expect(history.state.events.a?.remaining).toBe(10 - history.state.version);
      };
      reads.push(
        readHistory(),
        one.search().then(() => {}),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([sales, ...reads]);
    expect(reads.length).toBeGreaterThan(20);
    expect(judge(await one.history())).toMatchObject({ verdict: 'holds', version: 10 });
  });

  test('ignores changes to the state object during the read', async () => {
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

  test('counts skipped lines, also at the end of the file', async () => {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const store = await openStore(disk.open());
    await sell(store, buy('a'));
    disk.bytes = Buffer.concat([disk.bytes, Buffer.from('torn\n#\n')]);
    expect((await store.history()).skipped).toBe(2);
  });
});
