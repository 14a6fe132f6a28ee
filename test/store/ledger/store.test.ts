import { describe, expect, test } from 'vitest';
import type { BuyResult, Order } from '../../../src/booking/outcomes.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const newDisk = () => new MemoryDisk(fileOf(genesisLine()));

/** A file whose syncs end when the test says so. */
function heldSyncs(disk: MemoryDisk) {
  const waiting: (() => void)[] = [];
  const file = disk.open();
  const held = {
    ...file,
    datasync: async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      await file.datasync();
    },
  };
  return { held, waiting };
}

const settle = async () => {
  for (let batch = 0; batch < 20; batch++) await new Promise((resolve) => setImmediate(resolve));
};

const idOf = (results: BuyResult | undefined): string => (results as Order).orderId;

describe('a key', () => {
  test('gives its first sale again, to another writer and after a restart too', async () => {
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

  test('twice in a batch is sold once; with another body it is refused', async () => {
    const store = await openStore(newDisk().open());
    const [first, again, other] = await sell(
      store,
      buy('a', 2, 'k'),
      buy('a', 2, 'k'),
      buy('a', 1, 'k'),
    );
    expect(again).toEqual(first);
    expect(other).toEqual({ kind: 'keyReused', eventId: 'a', version: 1 });
    expect(await sell(store, buy('b', 2, 'k'))).toEqual([
      { kind: 'keyReused', eventId: 'b', version: 1 },
    ]);
    expect((await store.search()).state.events.a?.remaining).toBe(8);
  });

  test('of a buy that was refused is not remembered', async () => {
    const store = await openStore(newDisk().open());
    expect(await sell(store, buy('b', 9, 'k'))).toMatchObject([{ kind: 'soldOut' }]);
    expect(await sell(store, buy('b', 1, 'k'))).toMatchObject([{ kind: 'sold' }]);
  });
});

describe('nobody is told before a sync covers it', () => {
  test('a replayed sale that another writer has not synced yet', async () => {
    const disk = newDisk();
    const stuck = heldSyncs(disk);
    await (await openStore(stuck.held)).sell([buy('a', 1, 'k')]);
    const { held, waiting } = heldSyncs(disk);
    const two = await openStore(held);
    const { results, durable } = await two.sell([buy('a', 1, 'k')]); // the lock is free again
    expect(results).toMatchObject([{ serials: [1] }]);
    let answered = false;
    const answer = durable.then(() => {
      answered = true;
    });
    await settle();
    expect([answered, waiting.length]).toEqual([false, 1]);
    waiting[0]?.();
    await answer;
    expect(disk.synced).toBe(disk.bytes.length);
  });

  test('an order that is looked up, unless a sync has covered it already', async () => {
    const disk = newDisk();
    const stuck = heldSyncs(disk);
    const { results } = await (await openStore(stuck.held)).sell([buy('a')]);
    const { held, waiting } = heldSyncs(disk);
    const two = await openStore(held);
    let found: Order | undefined;
    const looking = two.find(idOf(results[0])).then((order) => {
      found = order;
    });
    await settle();
    expect(found).toBeUndefined();
    waiting[0]?.();
    await looking;
    expect(found).toEqual(results[0]);
    await two.search(); // it folds the line, and the next sync covers what it has folded
    const again = two.find(idOf(results[0]));
    await settle();
    waiting[1]?.();
    await again;
    expect(await two.find(idOf(results[0]))).toEqual(results[0]);
    expect(waiting).toHaveLength(2);
  });

  test('but with DURABILITY=os, where nothing waits', async () => {
    const disk = newDisk();
    const { held, waiting } = heldSyncs(disk);
    const store = await openStore(held, { durable: false });
    const [sold] = await sell(store, buy('a', 1, 'k'));
    expect(await sell(store, buy('a', 1, 'k'), buy('b', 9))).toMatchObject([sold, {}]);
    expect(await store.find(idOf(sold))).toEqual(sold);
    expect(waiting).toHaveLength(0);
    const claims = disk.bytes.toString().match(/"synced":\{"seq":\d+/g);
    expect(new Set(claims)).toEqual(new Set(['"synced":{"seq":0'])); // nothing but what it began with
  });
});

describe('an order id', () => {
  test('of a sale that a power cut took finds nothing, whoever sold at that place since', async () => {
    const disk = newDisk();
    const lost = await openStore(disk.open(), { durable: false });
    const [results] = await sell(lost, buy('a'));
    disk.bytes = disk.bytes.subarray(0, disk.synced);
    const store = await openStore(disk.open());
    const [sold] = await sell(store, buy('a'));
    expect(idOf(sold).split('-').slice(0, 2)).toEqual(idOf(results).split('-').slice(0, 2));
    expect(await store.find(idOf(results))).toBeUndefined();
    expect(await store.find(idOf(sold))).toEqual(sold);
  });
});

describe('a batch that is overtaken for too long', () => {
  test('is refused when what was skipped is sure to stay skipped', async () => {
    const disk = newDisk();
    const other = await openStore(disk.open());
    const file = disk.open();
    const always = {
      ...file,
      write: async (bytes: Buffer) => {
        await sell(other, buy('a'));
        return file.write(bytes);
      },
    };
    const store = await openStore(always, { lockTimeoutMs: 0 });
    await expect(sell(store, buy('a'))).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(disk.synced).toBe(disk.bytes.length);
    expect((await other.search()).state).toMatchObject({
      version: 1,
      events: { a: { remaining: 9 } },
    });
  });
});
