import { describe, expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/commands.js';
import type { Order } from '../../../src/booking/outcomes.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';

const events = { a: anEvent(10), b: anEvent(10) };
const buy = (eventId: string, key: string, quantity = 1): Buy => ({
  kind: 'buy',
  eventId,
  customer: 'Ada',
  quantity,
  key,
});

async function preparedDatabase(): Promise<TestDatabase> {
  const database = await TestDatabase.forTest(events);
  await database.prepare();
  return database;
}

describe.each(['row', 'optimistic'])('postgres idempotency keys with lock mode %s', (mode) => {
  test('replay the first sale in any worker', async () => {
    const database = await preparedDatabase();
    const [one, two] = [await openStore(database, mode), await openStore(database, mode)];
    const [first] = await sell(one, buy('a', 'k', 2));
    expect(first).toMatchObject({ kind: 'sold', serials: [1, 2] });
    expect(await sell(two, buy('a', 'k', 2))).toEqual([first]);
    for (const other of [buy('a', 'k', 3), buy('b', 'k', 2)]) {
      expect(await sell(two, other)).toMatchObject([{ kind: 'keyReused' }]);
    }
    expect((await one.search()).state.events).toMatchObject({
      a: { remaining: 8 },
      b: { remaining: 10 },
    });
  });

  test('sell once when many workers use one key at once', async () => {
    const database = await preparedDatabase();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(database, mode)));
    const results = await Promise.all(
      stores.map((store, index) => sell(store, buy(index % 2 === 0 ? 'a' : 'b', 'k'))),
    );
    const sold = results.flat().filter((each): each is Order => each.kind === 'sold');
    expect(new Set(sold.map(({ orderId }) => orderId)).size).toBe(1);
    expect(sold).toHaveLength(3); // the other three were of another event
    const { a, b } = (await (await openStore(database)).search()).state.events;
    expect((a?.remaining ?? 0) + (b?.remaining ?? 0)).toBe(19);
  });

  test('may be any text', async () => {
    const store = await openStore(await preparedDatabase(), mode);
    for (const key of ['\0', '\ud800', "'; drop schema turnstile; --", 'k'.repeat(255)]) {
      const [first] = await sell(store, buy('a', key));
      expect(first?.kind).toBe('sold');
      expect(await sell(store, buy('a', key))).toEqual([first]);
    }
  });
});

test('postgres with LOCK_MODE=off reports that it remembers no keys', async () => {
  expect((await openStore(await preparedDatabase(), 'off')).remembersKeys).toBe(false);
});
