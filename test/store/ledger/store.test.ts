import { describe, expect, test } from 'vitest';
import type { Order, Result } from '../../../src/booking/outcomes.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const newDisk = () => new MemoryDisk(fileOf(genesisLine()));

/** A file whose syncs wait until the test resolves them. */
function withHeldSyncs(disk: MemoryDisk) {
  const syncs: (() => void)[] = [];
  const opened = disk.open();
  const file = {
    ...opened,
    datasync: async () => {
      await new Promise<void>((resolve) => syncs.push(resolve));
      await opened.datasync();
    },
  };
  return { file, syncs };
}

const settle = async () => {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
};

const idOf = (result: Result | undefined): string => (result as Order).orderId;

describe('ledger store with idempotency keys', () => {
  test('replays the first sale, also in another worker and after a restart', async () => {
    const disk = newDisk();
    const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
    const [sold] = await sell(one, buy('a', 2, 'k'));
    expect(await sell(two, buy('a', 2, 'k'))).toEqual([sold]);
    expect(await sell(await openStore(disk.open()), buy('a'), buy('a', 2, 'k'))).toMatchObject([
      { serials: [3], version: 2 },
      { ...sold, version: 1 },
    ]);
    expect(sold).not.toHaveProperty('key');
  });

  test('refuses a key for another command', async () => {
    const store = await openStore(newDisk().open());
    await sell(store, buy('a', 2, 'k'));
    for (const other of [buy('a', 1, 'k'), buy('b', 2, 'k')]) {
      expect(await sell(store, other)).toEqual([{ kind: 'keyReused', version: 1 }]);
    }
    expect((await store.search()).state.events.a?.remaining).toBe(8);
  });

  test('does not remember the key of a refused buy', async () => {
    const store = await openStore(newDisk().open());
    expect(await sell(store, buy('b', 9, 'k'))).toMatchObject([{ kind: 'soldOut' }]);
    expect(await sell(store, buy('b', 1, 'k'))).toMatchObject([{ kind: 'sold' }]);
  });
});

describe('ledger store', () => {
  test('answers a replayed sale only after a sync covers it', async () => {
    const disk = newDisk();
    const unsynced = withHeldSyncs(disk);
    await (await openStore(unsynced.file)).sell([buy('a', 1, 'k')]);
    const { file, syncs } = withHeldSyncs(disk);
    const two = await openStore(file);
    const { results, durable } = await two.sell([buy('a', 1, 'k')]); // the lock may be released
    expect(results).toMatchObject([{ serials: [1] }]);
    let answered = false;
    const answer = durable.then(() => {
      answered = true;
    });
    await settle();
    expect([answered, syncs.length]).toEqual([false, 1]);
    syncs[0]?.();
    await answer;
    expect(disk.synced).toBe(disk.bytes.length);
  });

  test('answers an order lookup only after a sync covers the order', async () => {
    const disk = newDisk();
    const unsynced = withHeldSyncs(disk);
    const { results } = await (await openStore(unsynced.file)).sell([buy('a')]);
    const { file, syncs } = withHeldSyncs(disk);
    const two = await openStore(file);
    let found: Order | undefined;
    const lookup = two.find(idOf(results[0])).then((order) => {
      found = order;
    });
    await settle();
    expect(found).toBeUndefined();
    syncs[0]?.();
    await lookup;
    expect(found).toEqual(results[0]);
    await two.search(); // folds the line, so the next sync covers it
    const repeated = two.find(idOf(results[0]));
    await settle();
    syncs[1]?.();
    await repeated;
    expect(await two.find(idOf(results[0]))).toEqual(results[0]);
    expect(syncs).toHaveLength(2);
  });

  test('never syncs with DURABILITY=os', async () => {
    const disk = newDisk();
    const { file, syncs } = withHeldSyncs(disk);
    const store = await openStore(file, { durable: false });
    const [sold] = await sell(store, buy('a', 1, 'k'));
    expect(await sell(store, buy('a', 1, 'k'), buy('b', 9))).toMatchObject([sold, {}]);
    expect(await store.find(idOf(sold))).toEqual(sold);
    expect(syncs).toHaveLength(0);
    const claims = disk.bytes.toString().match(/"synced":\{"seq":\d+/g);
    expect(new Set(claims)).toEqual(new Set(['"synced":{"seq":0'])); // only the genesis, which was synced at the start
  });
});

describe('ledger store after a power cut', () => {
  test('does not find a lost order by its id, even if another sale took its offset', async () => {
    const disk = newDisk();
    const lost = await openStore(disk.open(), { durable: false });
    const [lostSale] = await sell(lost, buy('a'));
    disk.bytes = disk.bytes.subarray(0, disk.synced);
    const store = await openStore(disk.open());
    const [sold] = await sell(store, buy('a'));
    expect(idOf(sold).split('-').slice(0, 2)).toEqual(idOf(lostSale).split('-').slice(0, 2));
    expect(await store.find(idOf(lostSale))).toBeUndefined();
    expect(await store.find(idOf(sold))).toEqual(sold);
  });
});

describe('ledger store with an overtaken batch', () => {
  test('rejects it at the deadline, after a sync of the skipped line', async () => {
    const disk = newDisk();
    const other = await openStore(disk.open());
    const file = disk.open();
    const alwaysOvertaken = {
      ...file,
      write: async (bytes: Buffer) => {
        await sell(other, buy('a'));
        return file.write(bytes);
      },
    };
    const store = await openStore(alwaysOvertaken, { lockTimeoutMs: 0 });
    await expect(sell(store, buy('a'))).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(disk.synced).toBe(disk.bytes.length);
    expect((await other.search()).state).toMatchObject({
      version: 1,
      events: { a: { remaining: 9 } },
    });
  });
});
