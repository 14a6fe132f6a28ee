import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Command, HoldTickets } from '../../../src/booking/commands.js';
import type { Held, Order, Result } from '../../../src/booking/outcomes.js';
import { type Store, UnknownCursorError } from '../../../src/booking/store.js';
import { concurrencyModeNames } from '../../../src/store/postgres/modes/registry.js';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';

const details = (capacity: number) => {
  const { name, venue, startsAt, price } = anEvent(capacity);
  return { name, venue, startsAt, price, capacity };
};

const buy = (eventId: string, quantity = 1): Command => ({
  kind: 'buy',
  eventId,
  customer: 'Ada',
  quantity,
});

let holds = 0;
const hold = (eventId: string, changes: Partial<HoldTickets> = {}): HoldTickets => ({
  kind: 'hold',
  eventId,
  customer: 'Bob',
  quantity: 1,
  holdId: `h${++holds}`,
  seconds: 600,
  ...changes,
});
const confirm = (holdId: string): Command => ({ kind: 'confirm', holdId });
const release = (holdId: string): Command => ({ kind: 'release', holdId });
const cancel = (order: Order): Command => ({ kind: 'cancel', order });
const admit = (eventId: string, serial: number, door = 'north'): Command => ({
  kind: 'admit',
  eventId,
  serial,
  door,
});

const kindsOf = (results: readonly Result[]) => results.map(({ kind }) => kind);

/** A hold so short that it is over. */
async function expiredHold(store: Store, changes: Partial<HoldTickets> = {}): Promise<string> {
  const [held] = await sell(store, hold('a', { seconds: 0.05, ...changes }));
  expect(held?.kind).toBe('held');
  await sleep(100);
  return (held as Held).holdId;
}

async function prepared(): Promise<TestDatabase> {
  const database = await TestDatabase.forTest({ a: anEvent(10), b: anEvent(3) });
  await database.prepare();
  return database;
}

describe.each(concurrencyModeNames)('postgres with lock mode %s', (mode) => {
  const open = async () => openStore(await prepared(), mode);

  test('holds tickets, confirms them once, and shows the order by its hold', async () => {
    const store = await open();
    const [held] = (await sell(store, hold('a', { quantity: 2 }))) as [Held];
    expect(held).toMatchObject({ remaining: 8, total: { amount: 2000 }, version: 1 });
    const { state } = await store.search();
    expect(state.events.a).toMatchObject({ remaining: 8, issued: 0 });
    expect(Object.keys(state.holds ?? {})).toEqual([held.holdId]);
    expect(await store.findEndedHold(held.holdId)).toBeUndefined();

    const [order] = (await sell(store, confirm(held.holdId))) as [Order];
    expect(order).toMatchObject({
      kind: 'sold',
      serials: [1, 2],
      holdId: held.holdId,
      remaining: 8,
    });
    expect(order.total).toEqual(held.total);
    expect(await store.find(order.orderId)).toEqual(order);
    expect(await store.findEndedHold(held.holdId)).toEqual({ end: 'confirmed', order });
    expect(kindsOf(await sell(store, confirm(held.holdId), release(held.holdId)))).toEqual([
      'unknownHold',
      'unknownHold',
    ]);
    const after = (await store.search()).state;
    expect(after.holds).toBeUndefined();
    expect(after.events.a).toMatchObject({ remaining: 8, issued: 2 });
  });

  test('releases a hold, and holds of one batch', async () => {
    const store = await open();
    const one = hold('b', { quantity: 2 });
    await sell(store, one);
    expect(await sell(store, release(one.holdId))).toMatchObject([{ eventId: 'b', remaining: 3 }]);
    expect(await store.findEndedHold(one.holdId)).toEqual({ end: 'released' });
    const [two, three] = [hold('b'), hold('b')];
    const kinds = kindsOf(
      await sell(
        store,
        two,
        three,
        confirm(two.holdId),
        release(three.holdId),
        hold('b', { quantity: 9 }),
      ),
    );
    expect(kinds).toEqual(['held', 'held', 'sold', 'released', 'soldOut']);
    expect((await store.findEndedHold(two.holdId))?.end).toBe('confirmed');
    expect((await store.search()).state).toMatchObject({
      events: { b: { remaining: 2, issued: 1 } },
    });
  });

  test('ends an expired hold with the next commit of its event', async () => {
    const store = await open();
    const holdId = await expiredHold(store, { quantity: 10 });
    expect((await store.search()).state.events.a?.remaining).toBe(0);
    expect(await store.findEndedHold(holdId)).toEqual({ end: 'expired' });
    expect(await sell(store, confirm(holdId))).toMatchObject([{ kind: 'holdExpired' }]);
    expect(await sell(store, buy('a', 9))).toMatchObject([{ kind: 'sold', remaining: 1 }]);
    const { state } = await store.search();
    expect(state.holds).toBeUndefined();
    expect(state.events.a?.remaining).toBe(1);
    expect(kindsOf(await sell(store, confirm(holdId)))).toEqual(['unknownHold']);
  });

  test('expires the holds of all events with one command', async () => {
    const store = await open();
    const holdIds = [
      await expiredHold(store),
      await expiredHold(store, { eventId: 'b', quantity: 3 }),
    ];
    const kept = hold('b', { quantity: 3 });
    expect(kindsOf(await sell(store, { kind: 'expireHolds' }))).toEqual(['expired']);
    expect(await sell(store, kept, { kind: 'expireHolds' })).toMatchObject([
      { kind: 'held' },
      { kind: 'expired', holdIds: [] },
    ]);
    for (const holdId of holdIds) {
      expect(await store.findEndedHold(holdId)).toEqual({ end: 'expired' });
    }
    const { state } = await store.search();
    expect(state.events).toMatchObject({ a: { remaining: 10 }, b: { remaining: 0 } });
    expect(Object.keys(state.holds ?? {})).toEqual([kept.holdId]);
  });

  test('cancels an order once, never reuses its serials, and admits none of them', async () => {
    const store = await open();
    const [order] = (await sell(store, buy('a', 2))) as [Order];
    expect(await sell(store, cancel(order))).toMatchObject([
      { kind: 'cancelled', orderId: order.orderId, serials: [1, 2], remaining: 10 },
    ]);
    expect(kindsOf(await sell(store, cancel(order), admit('a', 2)))).toEqual([
      'alreadyCancelled',
      'ticketCancelled',
    ]);
    expect(await sell(store, buy('a'))).toMatchObject([{ serials: [3], remaining: 9 }]);
    expect((await store.search()).state.events.a).toMatchObject({ issued: 3, cancelled: [[1, 2]] });
  });

  test('admits a ticket once, and cancels none that was admitted', async () => {
    const store = await open();
    const [order] = (await sell(store, buy('a', 3))) as [Order];
    const [admitted] = await sell(store, admit('a', 2, 'Tür \0'));
    expect(admitted).toMatchObject({ kind: 'admitted', serial: 2, door: 'Tür \0' });
    const { at } = admitted as { at: string };
    expect(kindsOf(await sell(store, admit('a', 2), cancel(order), admit('a', 4)))).toEqual([
      'alreadyAdmitted',
      'alreadyAdmitted',
      'unknownTicket',
    ]);
    expect(await store.findTicket('a', 2)).toEqual({ order, admission: { at, door: 'Tür \0' } });
    expect(await store.findTicket('a', 3)).toEqual({ order });
    for (const [id, serial] of [
      ['a', 4],
      ['a', 0],
      ['b', 1],
      ['c', 1],
      ['\0', 1],
      ['a', 2e10],
    ] as const) {
      expect(await store.findTicket(id, serial)).toBeUndefined();
    }
    await sell(store, admit('a', 3));
    expect((await store.search()).state.events.a?.admitted).toEqual([[2, 3]]);
  });

  test('creates, changes and removes an event', async () => {
    const store = await open();
    const save = (event: ReturnType<typeof details>, revision?: number): Command => ({
      kind: 'saveEvent',
      eventId: 'new',
      event,
      ...(revision !== undefined && { revision }),
    });
    expect(kindsOf(await sell(store, save(details(5), 1)))).toEqual(['revisionMismatch']);
    const [saved] = await sell(store, save(details(5)));
    expect(saved).toMatchObject({
      kind: 'saved',
      created: true,
      event: { remaining: 5, revision: 1 },
    });
    await sell(store, buy('new', 2));
    const salesUntil = '2020-01-01T00:00:00Z';
    const [changed] = await sell(store, save({ ...details(7), salesUntil } as never, 1));
    expect(changed).toMatchObject({
      created: false,
      event: { remaining: 5, revision: 2, salesUntil },
    });
    expect(await sell(store, save(details(7)), save(details(1), 2), buy('new'))).toMatchObject([
      { kind: 'revisionMismatch', revision: 2 },
      { kind: 'capacityTooSmall', taken: 2 },
      { kind: 'notOnSale', salesUntil },
    ]);
    const { state } = await store.search();
    expect(state.events.new).toEqual({
      ...anEvent(7),
      remaining: 5,
      issued: 2,
      revision: 2,
      salesUntil,
    });

    const remove = (eventId: string): Command => ({ kind: 'removeEvent', eventId });
    expect(kindsOf(await sell(store, remove('new'), remove('b'), remove('c')))).toEqual([
      'eventInUse',
      'removed',
      'unknownEvent',
    ]);
    const removed = (await store.search()).state;
    expect(Object.keys(removed.events)).toEqual(['a', 'new']);
    expect(removed.version).toBeGreaterThan(state.version);
    const again = await sell(
      store,
      { kind: 'saveEvent', eventId: 'b', event: details(4) },
      buy('b'),
    );
    expect(again).toMatchObject([{ created: true }, { serials: [1], remaining: 3 }]);
    expect(judge(await store.history()).verdict).toBe('holds');
  });

  test('pages through the orders in the order in which they were sold', async () => {
    const store = await open();
    const held = hold('a');
    const orders: Result[] = [];
    orders.push(...(await sell(store, buy('a'), buy('a', 2))));
    orders.push(...(await sell(store, buy('b'))));
    await sell(store, held);
    orders.push(...(await sell(store, buy('a'), confirm(held.holdId))));
    orders.push(...(await sell(store, buy('b'))));
    for (const eventId of [undefined, 'a', 'b', 'c']) {
      const expected = orders.filter(
        (each) => eventId === undefined || (each as Order).eventId === eventId,
      );
      for (const limit of [1, 2, 100]) {
        const found: unknown[] = [];
        let after: string | undefined;
        do {
          const page = await store.orders({ eventId, after, limit });
          expect(page.orders.length).toBeLessThanOrEqual(limit);
          for (const { at, ...order } of page.orders) {
            expect(at).toMatch(/^\d{4}-.*Z$/);
            found.push(order);
          }
          after = page.next;
        } while (after !== undefined);
        expect(found).toEqual(expected);
      }
    }
    await expect(store.orders({ after: 'no cursor', limit: 9 })).rejects.toThrow(
      UnknownCursorError,
    );
  });

  test('keeps one time that never runs back, and counts what it did', async () => {
    const database = await prepared();
    const store = await openStore(database, mode);
    await database.query(
      "update turnstile.inventory set at = now() + interval '1 hour' where event = 1",
    );
    const until = Date.now() + 3600_000 - 60_000;
    const [held] = (await sell(store, hold('a', { seconds: 1 }))) as [Held];
    expect(Date.parse(held.until)).toBeGreaterThan(until);
    await sell(store, buy('a', 2), admit('a', 1));
    const times = await database.query<{ at: Date }>(
      'select at from turnstile.commits where event = 1 order by seq',
    );
    expect(times).toHaveLength(2);
    expect(times[1]?.at.getTime()).toBeGreaterThanOrEqual(times[0]?.at.getTime() ?? 0);
    const [row] = await database.query(
      'select issued, holds, admitted, cancelled, remaining from turnstile.inventory where event = 1',
    );
    expect(row).toEqual({ issued: 2, holds: 1, admitted: 1, cancelled: 0, remaining: 7 });
  });
});

test('a hold is refused where as many exist as are allowed, also of other events', async () => {
  const database = await prepared();
  const store = await openStore(database);
  await database.query(`insert into turnstile.holds
    (id, event, quantity, amount, currency, customer, until, remaining, version)
    select 'many' || n, 2, 1, 0, 'EUR', '"x"', now() + interval '1 hour', 0, 0
    from generate_series(1, 9999) n`);
  expect(
    kindsOf(await sell(store, hold('a'), hold('a'), hold('b'), hold('a', { quantity: 99 }))),
  ).toEqual(['held', 'tooManyHolds', 'tooManyHolds', 'soldOut']);
  await database.query(
    "update turnstile.holds set until = now() - interval '1 s' where id = 'many1'",
  );
  expect(kindsOf(await sell(store, hold('b')))).toEqual(['held']);
});
