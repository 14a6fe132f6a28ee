import { expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/commands.js';
import type { Store } from '../../../src/booking/store.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';

const buy = (eventId: string, quantity = 1): Buy => ({
  kind: 'buy',
  eventId,
  customer: 'Ada',
  quantity,
});

async function openTestStore(mode = 'row') {
  const database = await TestDatabase.forTest({ a: anEvent(100), b: anEvent(100) });
  await database.prepare();
  return { database, store: await openStore(database, mode) };
}

const recentCommits = async (store: Store) => (await store.recentCommits?.()) ?? [];

test('recent commits form a chain per event, in the order in which they were written', async () => {
  const { store, database } = await openTestStore();
  await sell(store, buy('a', 2), buy('b', 3));
  await sell(store, buy('b'));
  // Clocks do not decide the order.
  await database.query("update turnstile.commits set at = at - interval '1 hour' where seq = 2");
  await sell(store, buy('a'));
  const lines = await recentCommits(store);
  expect(lines.map(({ commit }) => [commit?.seq, commit?.sold])).toEqual([
    [1, [{ eventId: 'a', first: 1, last: 2 }]],
    [1, [{ eventId: 'b', first: 1, last: 3 }]],
    [2, [{ eventId: 'b', first: 4, last: 4 }]],
    [2, [{ eventId: 'a', first: 3, last: 3 }]],
  ]);
  const [a1, b1, b2, a2] = lines;
  expect([a2?.commit?.prev, b2?.commit?.prev]).toEqual([a1?.hash, b1?.hash]);
  expect(lines.every(({ counts }) => counts)).toBe(true);
});

test('recent commits without a lock: of two rivals, the chain continues from the last one written', async () => {
  const { database } = await openTestStore();
  // Both batches read before either writes.
  const store = await openStore(database, 'off', { raceWindowMs: 1_500 });
  await Promise.all([sell(store, buy('a')), sell(store, buy('a'))]);
  const lines = await recentCommits(store);
  expect(lines.map(({ counts }) => counts).sort()).toEqual([false, true]);
  expect(new Set(lines.map(({ commit }) => commit?.prev)).size).toBe(1);
  await sell(store, buy('a'));
  const next = (await recentCommits(store)).at(-1);
  expect(next?.commit?.prev).toBe(lines.find(({ counts }) => counts)?.hash);
});
