import { expect, test } from 'vitest';
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
  expect(counted).toEqual([{ migrations: 2, offices: 1, events: 2 }]);
});

test('migration 2 adds the serials to commits that were written without them', async () => {
  const database = await TestDatabase.forTest(events);
  await database.prepare();
  const store = await openStore(database);
  const buy = { kind: 'buy', eventId: 'a', customer: 'Ada' };
  await sell(store, { ...buy, quantity: 2 }, { ...buy, quantity: 1 });
  await sell(store, { ...buy, quantity: 4 });
  const before = await store.recentCommits?.();
  expect(before?.map(({ commit }) => commit?.sold)).toEqual([
    [{ eventId: 'a', first: 1, last: 3 }],
    [{ eventId: 'a', first: 4, last: 7 }],
  ]);
  // The tables as migration 1 created them.
  await database.query(
    'alter table turnstile.commits drop column number, drop column first, drop column last',
  );
  await database.query('delete from turnstile.migrations where number = 2');
  await database.prepare();
  expect(await (await openStore(database)).recentCommits?.()).toEqual(before);
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
