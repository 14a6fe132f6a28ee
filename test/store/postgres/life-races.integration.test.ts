import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import type { Order, Result } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { until } from '../../support/processes.js';
import { openStore, sell } from './open-store.js';

const hold = (holdId: string, seconds = 600): Command => ({
  kind: 'hold',
  eventId: 'a',
  customer: 'Bob',
  quantity: 1,
  holdId,
  seconds,
});
const admit = (door: string): Command => ({ kind: 'admit', eventId: 'a', serial: 1, door });
const { name, venue, startsAt, price } = anEvent(1);
const save = (eventId: string, capacity: number, revision?: number): Command => ({
  kind: 'saveEvent',
  eventId,
  event: { name, venue, startsAt, price, capacity },
  ...(revision !== undefined && { revision }),
});

/** Long enough that a second batch reads before the first one writes, on a busy machine too. */
const WINDOW_MS = 1_000;

/** Two stores that both read before either writes, unless a lock keeps them apart. */
async function twoStores(mode: string): Promise<readonly [Store, Store]> {
  const database = await TestDatabase.forTest({ a: anEvent(10) });
  await database.prepare();
  const raceWindowMs = mode === 'off' ? WINDOW_MS : 200; // without a lock the window decides
  const open = async () => {
    const store = await openStore(database, mode, { raceWindowMs });
    await store.search(); // connects
    return store;
  };
  return [await open(), await open()];
}

/** Waits until a transaction holds its locks and pauses between read and write. */
const untilPaused = (database: TestDatabase): Promise<void> =>
  until('a transaction is between read and write', async () => {
    const rows = await database.query(`select 1 from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'`);
    return rows.length > 0;
  });

/** The verbs of which two at once can both succeed, and what the verdict calls it. */
const races: readonly {
  readonly what: string;
  readonly violation: string;
  readonly succeeds: string;
  /** Prepares, and returns the two commands. */
  readonly commands: (store: Store) => Promise<readonly [Command, Command]>;
}[] = [
  {
    what: 'two doors admit one ticket',
    violation: 'admittedTwice',
    succeeds: 'admitted',
    async commands(store) {
      await sell(store, { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 });
      return [admit('north'), admit('south')];
    },
  },
  {
    what: 'an order is cancelled twice',
    violation: 'cancelledTwice',
    succeeds: 'cancelled',
    async commands(store) {
      const [order] = await sell(store, { kind: 'buy', eventId: 'a', customer: 'A', quantity: 2 });
      const cancel: Command = { kind: 'cancel', order: order as Order };
      return [cancel, cancel];
    },
  },
  {
    what: 'a hold is confirmed and released',
    violation: 'endedTwice',
    succeeds: 'sold released',
    async commands(store) {
      await sell(store, hold('h'));
      return [
        { kind: 'confirm', holdId: 'h' },
        { kind: 'release', holdId: 'h' },
      ];
    },
  },
  {
    what: 'two editors change an event',
    violation: 'lostEdits',
    succeeds: 'saved',
    commands: async () => [save('a', 20, 1), save('a', 30, 1)],
  },
  {
    what: 'two editors create an event',
    violation: 'lostEdits',
    succeeds: 'saved',
    commands: async () => [save('new', 20), save('new', 30)],
  },
];

const succeeded = (results: readonly Result[], kinds: string): number =>
  results.filter(({ kind }) => kinds.split(' ').includes(kind)).length;

describe.each(races)('$what at once', ({ violation, succeeds, commands }) => {
  test.each(['row', 'optimistic'])('never, with lock mode %s', async (mode) => {
    const [one, two] = await twoStores(mode);
    const [first, second] = await commands(one);
    const results = (await Promise.all([sell(one, first), sell(two, second)])).flat();
    expect(succeeded(results, succeeds)).toBe(1);
    expect(judge(await one.history())).toMatchObject({ verdict: 'holds', withdrawn: 0 });
  });

  test('both, with lock mode off', async () => {
    const [one, two] = await twoStores('off');
    const [first, second] = await commands(one);
    const results = (await Promise.all([sell(one, first), sell(two, second)])).flat();
    expect(succeeded(results, succeeds)).toBe(2);
    expect(judge(await one.history())).toMatchObject({
      verdict: 'broken',
      violations: { [violation]: expect.any(Number) },
    });
  });
});

test.each(['row', 'optimistic'])(
  'with lock mode %s an edit and a crowd of buyers and holders lose nothing of each other',
  async (mode) => {
    const database = await TestDatabase.forTest({ a: anEvent(100) });
    await database.prepare();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(database, mode)));
    const prices = new Set<number>();
    const crowd = stores.slice(1).map(async (store, crowd) => {
      for (let index = 0; index < 8; index++) {
        const holdId = `h${crowd}-${index}`;
        const results = await sell(
          store,
          { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 },
          hold(holdId, index % 2 === 0 ? 0.01 : 600),
        );
        for (const each of results) if (each.kind === 'sold') prices.add(each.total?.amount ?? 0);
        await sell(store, { kind: index % 3 === 0 ? 'confirm' : 'release', holdId });
      }
    });
    const editor = (async () => {
      for (let revision = 1; revision <= 8; revision++) {
        const event = {
          name,
          venue,
          startsAt,
          price: { ...price, amount: revision },
          capacity: 100,
        };
        const [saved] = await sell(stores[0] as Store, {
          kind: 'saveEvent',
          eventId: 'a',
          event: { ...event, capacity: 100 + revision },
          revision,
        });
        // The next price is not seen before this one: no batch has the details of an older revision.
        expect(saved).toMatchObject({ kind: 'saved', event: { revision: revision + 1 } });
        await sleep(10);
      }
    })();
    await Promise.all([...crowd, editor]);
    const [store] = stores as [Store];
    await sleep(50);
    await sell(store, { kind: 'expireHolds' });
    const { state } = await store.search();
    expect(state.events.a).toMatchObject({ capacity: 108, revision: 9, price: { amount: 8 } });
    expect(prices.size).toBeGreaterThan(1);
    expect(judge(await store.history())).toMatchObject({
      verdict: 'holds',
      lostUpdates: 0,
      withdrawn: 0,
      skipped: 0,
    });
  },
);

test('a buyer who waited for the lock pays the price of the edit that held it', async () => {
  const database = await TestDatabase.forTest({ a: anEvent(10) });
  await database.prepare();
  const editor = await openStore(database, 'row', { raceWindowMs: WINDOW_MS });
  const buyer = await openStore(database, 'row');
  const event = { name, venue, startsAt, price: { ...price, amount: 7 }, capacity: 10 };
  const editing = sell(editor, { kind: 'saveEvent', eventId: 'a', event, revision: 1 });
  await untilPaused(database);
  const [sold] = await sell(buyer, { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 2 });
  await editing;
  expect(sold).toMatchObject({ kind: 'sold', total: { amount: 14 } });
});

test('a hold that expired while its confirmation waited for the lock is not sold', async () => {
  const database = await TestDatabase.forTest({ a: anEvent(10) });
  await database.prepare();
  const slow = await openStore(database, 'row', { raceWindowMs: WINDOW_MS });
  const store = await openStore(database, 'row');
  await sell(store, hold('h', 0.5));
  const waiting = sell(slow, { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 });
  await untilPaused(database);
  expect(await sell(store, { kind: 'confirm', holdId: 'h' })).toMatchObject([
    { kind: 'holdExpired' },
  ]);
  await waiting;
});
