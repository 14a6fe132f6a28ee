import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import { ERASED, type Order } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import type { BackupEntry } from '../../../src/store/backup/snapshot.js';
import { postgres } from '../../../src/store/postgres/driver.js';
import { resetPostgres } from '../../../src/store/postgres/reset.js';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';

const hold = (holdId: string, customer: string, seconds = 600): Command => ({
  kind: 'hold',
  eventId: 'a',
  customer,
  quantity: 1,
  holdId,
  seconds,
});

async function prepared(): Promise<TestDatabase> {
  const database = await TestDatabase.forTest({ a: anEvent(10), b: anEvent(3) });
  await database.prepare();
  return database;
}

/** Every verb once; the hold `open` still counts. */
async function liveOn(store: Store): Promise<Order> {
  await sell(store, hold('open', 'Ada'), hold('sold', 'Ada'), hold('over', 'Bob', 0.01));
  const [order] = await sell(store, { kind: 'confirm', holdId: 'sold' });
  await sleep(50);
  const buy = { kind: 'buy', eventId: 'a', customer: 'Bob', quantity: 2, key: 'k' } as const;
  const [cancelled] = await sell(store, buy);
  const { name, venue, startsAt, price } = anEvent(1);
  await sell(
    store,
    { kind: 'cancel', order: cancelled as Order },
    { kind: 'admit', eventId: 'a', serial: 1, door: 'north' },
    { kind: 'saveEvent', eventId: 'new', event: { name, venue, startsAt, price, capacity: 7 } },
    { kind: 'removeEvent', eventId: 'b' },
  );
  return order as Order;
}

test('a restored database has the whole life of its tickets, and goes on', async () => {
  const [from, to] = [await prepared(), await prepared()];
  const store = await openStore(from);
  const order = await liveOn(store);
  const entries: BackupEntry[] = [];
  await postgres.backup(from.address, { waitMs: 0 } as never, async (snapshot) => {
    for await (const entry of snapshot.entries) entries.push(entry);
  });
  const history = await store.history();
  const { state } = await store.search();

  await postgres.restore(to.address, toAsync(entries), {
    replace: false,
    seeds: to.seeds,
    waitMs: 0,
    approve: (found: unknown) => expect(found).toEqual(history),
  } as never);
  const restored = await openStore(to);
  expect((await restored.search()).state).toEqual(state);
  expect(await restored.findTicket('a', 1)).toEqual(await store.findTicket('a', 1));
  expect(await restored.findEndedHold('sold')).toEqual({ end: 'confirmed', order });
  expect(await restored.findEndedHold('over')).toEqual({ end: 'expired' });
  expect(await restored.orders({ limit: 9 })).toEqual(await store.orders({ limit: 9 }));

  const { name, venue, startsAt, price } = anEvent(1);
  const event = { name, venue, startsAt, price, capacity: 1 };
  const results = await sell(
    restored,
    { kind: 'confirm', holdId: 'open' },
    { kind: 'admit', eventId: 'a', serial: 1, door: 'south' },
    { kind: 'saveEvent', eventId: 'another', event },
  );
  expect(results).toMatchObject([{ serials: [4] }, { kind: 'alreadyAdmitted' }, { kind: 'saved' }]);
  expect(judge(await restored.history())).toMatchObject({ verdict: 'holds', withdrawn: 0 });
});

test('a backup of the version before is restored, and its events are numbered on', async () => {
  const [from, to] = [await prepared(), await prepared()];
  const store = await openStore(from);
  await sell(store, { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 2 });
  const entries: BackupEntry[] = [];
  await postgres.backup(from.address, { waitMs: 0 } as never, async (snapshot) => {
    for await (const entry of snapshot.entries) entries.push(entry);
  });
  const { contentOf } = await import('../../../src/store/backup/backup-file.js');
  const { entryOf } = await import('../../../src/store/backup/snapshot.js');
  const added =
    /,"(sales_from|sales_until|revision|removed|edited|issued|holds|next_expiry|cancelled|admitted|amount|currency|hold_id)":("[^"]*"|[^,}]*)/g;
  const old: BackupEntry[] = [];
  for (const entry of entries) {
    const text = (await contentOf(entry)).toString('utf8');
    const [table = ''] = entry.name.split('.');
    const isPrice = table === 'events';
    const shorter = text
      .replace(added, (member, column) =>
        isPrice && (column === 'amount' || column === 'currency') ? member : '',
      )
      .replace(table === 'inventory' ? /,"at":"[^"]*"/g : /(?!)/g, '');
    old.push(entryOf(entry.name, shorter));
  }
  await postgres.restore(to.address, toAsync(old), {
    replace: false,
    seeds: to.seeds,
    waitMs: 0,
    approve: () => {},
  } as never);
  const restored = await openStore(to);
  expect((await restored.search()).state).toEqual((await store.search()).state);
  const sold = await sell(restored, { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 });
  expect(sold).toMatchObject([{ serials: [3], remaining: 7 }]);
});

test('erasing a name erases it from holds too, and a reset removes everything', async () => {
  const database = await prepared();
  const store = await openStore(database);
  const order = await liveOn(store);
  const erase = (orders: { customer: string } | { orderId: string }) =>
    postgres.erase(database.address, { orders, dryRun: false, waitMs: 0 });
  const names = async () =>
    (await database.query<{ customer: string }>('select customer from turnstile.holds')).map(
      ({ customer }) => customer,
    );
  expect(await erase({ orderId: order.orderId })).toEqual({ orders: 1, unerasable: 0 });
  expect((await names()).sort()).toEqual([ERASED, 'Ada', 'Bob']);
  await erase({ customer: 'Ada' });
  await erase({ customer: 'Bob' });
  expect(await names()).toEqual([ERASED, ERASED, ERASED]);
  expect(await sell(store, { kind: 'confirm', holdId: 'open' })).toMatchObject([
    { kind: 'sold', customer: ERASED },
  ]);
  expect(judge(await store.history())).toMatchObject({ verdict: 'holds', skipped: 0 });
  await resetPostgres(database.address, { seeds: database.seeds, waitMs: 0 }, async () => {});
  const { state } = await (await openStore(database)).search();
  expect(state).toEqual({ version: 0, events: { a: anEvent(10), b: anEvent(3) } });
});

async function* toAsync<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
