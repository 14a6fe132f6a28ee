import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Order } from '../../../src/booking/outcomes.js';
import { migrations, migrationsTable } from '../../../src/store/postgres/sql/migrations.js';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { run } from '../../support/processes.js';
import { openStore, sell } from './open-store.js';

const events = { a: anEvent(10), b: anEvent(3) };

test('ten primaries that start at once create every table and every event once', async () => {
  const database = await TestDatabase.forTest(events);
  await Promise.all(Array.from({ length: 10 }, () => database.prepare()));
  const counted = await database.query(
    `select (select count(*)::integer from turnstile.migrations) as migrations,
      (select count(*)::integer from turnstile.office) as offices,
      (select count(*)::integer from turnstile.events) as events`,
  );
  expect(counted).toEqual([{ migrations: 4, offices: 1, events: 2 }]);
});

/** A database that the version before wrote, with five orders of two events; its prices are from then. */
async function oldDatabase(): Promise<TestDatabase> {
  const database = await TestDatabase.forTest(events);
  await database.query(migrationsTable);
  for (const [number, text] of migrations) if (number <= 2) await database.query(text);
  await database.query(readFileSync(join(import.meta.dirname, 'fixtures/migration-2.sql'), 'utf8'));
  return database;
}

const oldOrder: Order = {
  kind: 'sold',
  orderId: '1-3-Mgz7kDEkPUfZrLNc',
  eventId: 'a',
  customer: 'Cleo',
  quantity: 1,
  serials: [3],
  remaining: 7,
  version: 2,
};

test('migration 2 adds the serials to commits that were written without them', async () => {
  const database = await oldDatabase();
  // The tables as migration 1 created them.
  await database.query(
    'alter table turnstile.commits drop column number, drop column first, drop column last',
  );
  await database.query('delete from turnstile.migrations where number = 2');
  await database.prepare();
  const lines = await (await openStore(database)).recentCommits?.();
  expect(lines?.map(({ commit }) => commit?.sold)).toHaveLength(4);
  expect(lines?.flatMap(({ commit }) => commit?.sold)).toEqual(
    expect.arrayContaining([
      { eventId: 'a', first: 1, last: 2 },
      { eventId: 'a', first: 3, last: 3 },
      { eventId: 'a', first: 4, last: 6 },
      { eventId: 'b', first: 1, last: 1 },
    ]),
  );
});

test('a database of the version before goes on: one history on both sides', async () => {
  const database = await oldDatabase();
  await Promise.all([database.prepare(), database.prepare()]);
  const store = await openStore(database);
  const { state } = await store.search();
  expect(state.version).toBe(4);
  expect(state.events).toMatchObject({
    a: { remaining: 4, issued: 6, revision: 1 },
    b: { remaining: 2, issued: 1, revision: 1 },
  });
  expect(state.events.a).not.toHaveProperty('cancelled');

  const { kind: _, orderId, ...asked } = oldOrder;
  const { eventId, customer, quantity } = asked;
  const again = { kind: 'buy', eventId, customer, quantity, key: 'key-of-cleo' } as const;
  expect(await sell(store, again)).toEqual([oldOrder]);
  expect(await store.find(orderId)).toEqual(oldOrder);
  expect(await store.findTicket('a', 3)).toEqual({ order: oldOrder });
  expect((await store.orders({ limit: 9 })).orders.map(({ customer }) => customer)).toEqual([
    'Ada',
    'Bob',
    'Cleo',
    'Dan',
    'Eve',
  ]);

  const buy = { kind: 'buy', eventId: 'a', customer: 'Fay', quantity: 1 } as const;
  const results = await sell(
    store,
    buy,
    { kind: 'admit', eventId: 'a', serial: 1, door: 'north' },
    { kind: 'cancel', order: oldOrder },
    buy,
  );
  expect(results).toMatchObject([
    { kind: 'sold', serials: [7], total: { amount: 1000 } },
    { kind: 'admitted', serial: 1 },
    { kind: 'cancelled', serials: [3] },
    { kind: 'sold', serials: [8], remaining: 3 },
  ]);
  expect((await store.orders({ eventId: 'a', limit: 9 })).orders).toHaveLength(6);
  expect(judge(await store.history())).toMatchObject({
    verdict: 'holds',
    version: 5,
    skipped: 0,
    withdrawn: 0,
    stillOnSale: 0,
  });
});

test('a server of the version before cannot sell from the migrated tables', async () => {
  const database = await oldDatabase();
  await database.prepare();
  // What it sent, without the serials: it counts no `issued`, and would sell its tickets again.
  const sold = database.query(`insert into turnstile.commits (event, seq, prev, hash, exclusive)
    values (1, 4, 'Ank8Z0227sHvE5fiZaPsR3', 'x', true)`);
  await expect(sold).rejects.toMatchObject({ code: '23502', column: 'at' });
});

test('a start keeps the sales and the events of an existing database', async () => {
  const database = await TestDatabase.forTest(events);
  await database.prepare();
  const store = await openStore(database);
  await sell(store, { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 2 });
  await database.prepare();
  expect((await store.search()).state.events.a?.remaining).toBe(8);
  expect(judge(await store.history()).verdict).toBe('holds');
});

test('a start rejects the tables of a newer Turnstile', async () => {
  const database = await TestDatabase.forTest(events);
  await database.prepare();
  await database.query('insert into turnstile.migrations (number) values (99)');
  const { code, stderr } = await run('src/main', { env: { ...database.env, PORT: '0' } });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^the database has the tables of a newer Turnstile: migration 99.*\n$/),
  ]);
});
