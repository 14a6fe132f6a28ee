import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import type { Order } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import { UnknownCursorError } from '../../../src/booking/store.js';
import { Records } from '../../../src/store/ledger/records.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const newDisk = () => new MemoryDisk(fileOf(genesisLine()));

const hold = (holdId: string, quantity = 1, seconds = 60): Command => ({
  ...buy('a', quantity),
  kind: 'hold',
  holdId,
  seconds,
});
const confirm = (holdId: string): Command => ({ kind: 'confirm', holdId });
const admit = (serial: number, key?: string): Command => ({
  kind: 'admit',
  eventId: 'a',
  serial,
  door: 'north',
  ...(key !== undefined && { key }),
});

afterEach(() => void vi.useRealTimers());

describe('ledger store', () => {
  test('replays a hold and an admission as they were first answered, in every process', async () => {
    const disk = newDisk();
    const store = await openStore(disk.open());
    const held = { ...hold('h1', 2), key: 'k1' } as Command;
    const first = await sell(store, held, buy('a'), admit(1, 'k2'));
    expect(first).toMatchObject([{ kind: 'held' }, { kind: 'sold' }, { kind: 'admitted' }]);
    for (const each of [store, await openStore(disk.open())]) {
      const again = await sell(each, { ...held, holdId: 'h2' } as Command, admit(1, 'k2'));
      expect(again).toEqual([first[0], first[2]]);
      expect(await sell(each, admit(2, 'k2'))).toMatchObject([{ kind: 'keyReused' }]);
    }
    expect((await store.search()).state).toMatchObject({ version: 1, holds: { h1: {} } });
  });

  test('ends holds by the time of the line, in every process alike', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2029-01-01T00:00:00Z') });
    const disk = newDisk();
    const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
    await sell(one, hold('h1', 9, 10), hold('h2', 1, 20));
    vi.setSystemTime(Date.parse('2029-01-01T00:00:10Z'));
    expect(await sell(two, buy('a', 9))).toMatchObject([{ kind: 'sold', remaining: 0 }]);
    vi.setSystemTime(Date.parse('2028-01-01T00:00:00Z')); // the clock is set back
    expect(await sell(one, confirm('h1'), confirm('h2'))).toMatchObject([
      { kind: 'unknownHold' },
      { kind: 'sold', serials: [10] },
    ]);
    for (const each of [one, two, await openStore(disk.open())]) {
      expect((await each.search()).state).toEqual((await two.search()).state);
      expect(await each.findEndedHold('h1')).toEqual({ end: 'expired' });
      expect(await each.findEndedHold('h2')).toMatchObject({ order: { serials: [10] } });
    }
    expect(disk.bytes.toString()).toContain('"ops":[{"op":"expire","holds":["h1"]},{"event":"a"');
  });

  test('commits what only ended by time', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2029-01-01T00:00:00Z') });
    const store = await openStore(newDisk().open());
    await sell(store, hold('h1'));
    expect(await sell(store, { kind: 'expireHolds' })).toMatchObject([{ holdIds: [], version: 1 }]);
    vi.setSystemTime(Date.parse('2029-01-01T00:01:00Z'));
    expect(await sell(store, buy('a', 11))).toMatchObject([{ kind: 'soldOut', remaining: 10 }]);
    expect((await store.search()).state.version).toBe(1); // a refusal is no commit
    expect(await sell(store, { kind: 'expireHolds' }, buy('b'))).toMatchObject([
      { holdIds: ['h1'], version: 2 },
      { kind: 'sold' },
    ]);
    expect((await store.search()).state).toMatchObject({ events: { a: { remaining: 10 } } });
  });

  test('finds the order of every ticket, and its admission', async () => {
    const disk = newDisk();
    const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
    const tickets: [number, Order][] = [];
    for (let line = 0; line < 3; line++) {
      // Both read first: one of them is overtaken, and sells behind the other.
      await Promise.all([one.search(), two.search()]);
      const results = await Promise.all([
        sell(one, buy('a'), buy('b')),
        sell(two, buy('a', 1), buy('a', 1)),
      ]);
      for (const sold of results.flat() as Order[]) {
        if (sold.eventId === 'a') for (const serial of sold.serials) tickets.push([serial, sold]);
      }
    }
    expect(tickets).toHaveLength(9);
    await sell(two, admit(2), admit(7));
    for (const store of [one, two, await openStore(disk.open())]) {
      for (const [serial, order] of tickets) {
        const admission = serial === 2 || serial === 7 ? { admission: { door: 'north' } } : {};
        expect(await store.findTicket('a', serial)).toMatchObject({ order, ...admission });
      }
      for (const serial of [0, -1, 10]) {
        expect(await store.findTicket('a', serial)).toBeUndefined();
      }
      expect(await store.findTicket('constructor', 1)).toBeUndefined();
    }
  });

  test('lists orders of counted lines only, in pages of any size', async () => {
    const disk = newDisk();
    const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
    const sold: Order[] = [];
    for (let line = 0; line < 3; line++) {
      await Promise.all([one.search(), two.search()]);
      const results = await Promise.all([sell(one, buy('a'), buy('b')), sell(two, buy('a'))]);
      sold.push(...(results.flat() as Order[]));
    }
    expect((await one.history()).skipped).toBeGreaterThan(0);
    const idsOf = (orders: readonly Order[]) => orders.map(({ orderId }) => orderId).sort();
    for (const limit of [1, 2, 5, 9, 10]) {
      for (const eventId of [undefined, 'a', 'b']) {
        const found = await allOrders(one, limit, eventId);
        expect(idsOf(found)).toEqual(
          idsOf(sold.filter((order) => eventId === undefined || order.eventId === eventId)),
        );
        expect(found.map(({ version }) => version)).toEqual(
          found.map(({ version }) => version).sort((a, b) => a - b),
        );
      }
    }
  });

  test.each(['', 'x', '0', '1cq-0-1wujo2j-5fpoS2cLkEVGmFzS'])(
    'rejects %o as the cursor of a page',
    async (after) => {
      const store = await openStore(newDisk().open());
      await sell(store, buy('a'));
      await expect(store.orders({ after, limit: 1 })).rejects.toThrow(UnknownCursorError);
    },
  );

  test('answers questions only after a sync covers what they are answered from', async () => {
    const disk = newDisk();
    const [sold] = await sell(
      await openStore(disk.open(), { durable: false }),
      hold('h1'),
      buy('a'),
      confirm('h1'),
    );
    expect(sold).toBeDefined();
    const questions: ((store: Store) => Promise<unknown>)[] = [
      (store) => store.findEndedHold('h1'),
      (store) => store.findTicket('a', 1),
      (store) => store.orders({ limit: 1 }),
    ];
    for (const ask of questions) {
      disk.synced = 0;
      const answer = await ask(await openStore(disk.open()));
      expect(answer).toBeDefined();
      expect(disk.synced).toBe(disk.bytes.length);
    }
    disk.synced = 0; // the control: the records alone do not wait
    const spy = vi.spyOn(Records.prototype, 'findEndedHold');
    await (await openStore(disk.open(), { durable: false })).findEndedHold('h1');
    expect(spy).toHaveBeenCalled();
    expect(disk.synced).toBe(0);
    spy.mockRestore();
  });
});

async function allOrders(store: Store, limit: number, eventId?: string): Promise<Order[]> {
  const found: Order[] = [];
  let after: string | undefined;
  do {
    const page = await store.orders({ limit, eventId, after });
    expect(page.orders.length).toBeLessThanOrEqual(limit);
    found.push(...page.orders);
    after = page.next;
  } while (after !== undefined);
  return found;
}
