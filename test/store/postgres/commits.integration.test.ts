import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Buy, Command } from '../../../src/booking/commands.js';
import type { Order } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';

const buy = (eventId: string, quantity = 1): Buy => ({
  kind: 'buy',
  eventId,
  customer: 'Ada',
  quantity,
});

/** A database with a few sales, and the store that made them. */
async function databaseWithSales(mode = 'row') {
  const database = await TestDatabase.forTest({ a: anEvent(10), b: anEvent(10) });
  await database.prepare();
  const store = await openStore(database, mode);
  await sell(store, buy('a', 2), buy('b'), buy('a'));
  await sell(store, buy('a'), { ...buy('a'), key: 'k' });
  await sell(store, buy('b', 3));
  return { database, store };
}

/** Everything else that a commit can do: two more commits of event `a`, two of `b`. */
async function liveOn(store: Store): Promise<void> {
  const tickets = { eventId: 'a', customer: 'Bob', quantity: 1, seconds: 600 };
  const holds = ['h1', 'h2', 'h3'].map(
    (holdId): Command => ({
      kind: 'hold',
      holdId,
      ...tickets,
      ...(holdId === 'h1' && { key: 'h' }),
    }),
  );
  const order = (await store.orders({ eventId: 'a', limit: 1 })).orders[0] as Order;
  await sell(store, ...holds);
  await sell(
    store,
    { kind: 'confirm', holdId: 'h1' },
    { kind: 'release', holdId: 'h2' },
    { kind: 'cancel', order },
    { kind: 'admit', eventId: 'a', serial: 4, door: 'north', key: 'd' },
    { kind: 'admit', eventId: 'b', serial: 1, door: 'north' },
  );
  const { name, venue, startsAt, price } = anEvent(1);
  const event = { name, venue, startsAt, price, capacity: 20 };
  await sell(store, { kind: 'saveEvent', eventId: 'b', event, revision: 1 });
}

interface Commit {
  event: number;
  seq: number;
  prev: string;
  hash: string;
  at: Date;
}

describe('postgres commits', () => {
  test.each(['row', 'optimistic'])('form one chain per event with lock mode %s', async (mode) => {
    const { database, store } = await databaseWithSales(mode);
    await liveOn(store);
    const commits = await database.query<Commit>(
      'select event, seq, prev, hash, at from turnstile.commits order by event, seq',
    );
    const [server] = await database.query<{ id: string }>('select id from turnstile.office');
    expect(commits.map(({ event, seq }) => [event, seq])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [2, 1],
      [2, 2],
      [2, 3],
      [2, 4],
    ]);
    let prev = '';
    for (const commit of commits) {
      expect(commit.prev).toBe(commit.seq === 1 ? server?.id : prev);
      expect(commit.hash).toBe(await hashOf(database, commit));
      prev = commit.hash;
    }
  });

  test.each([
    [
      'a sold order that is on sale again',
      'update turnstile.inventory set remaining = 9, issued = 1',
      { stillOnSale: 7 },
    ],
    [
      'a serial that was sold twice',
      'insert into turnstile.serials values (1, 1, 1, false)',
      { verdict: 'broken' },
    ],
    [
      'a deleted commit',
      'delete from turnstile.commits where event = 1 and seq = 1',
      { skipped: 1 },
    ],
    [
      'a repeated commit',
      `insert into turnstile.commits (event, seq, prev, hash, at, exclusive)
        select event, seq, prev, hash, at, false from turnstile.commits where event = 1`,
      { verdict: 'broken', lostUpdates: 2 },
    ],
  ])('let the verdict detect %s', async (_case, tamper, expected) => {
    const { database, store } = await databaseWithSales();
    expect(judge(await store.history())).toMatchObject({
      verdict: 'holds',
      skipped: 0,
      stillOnSale: 0,
    });
    await database.query(tamper);
    expect(judge(await store.history())).toMatchObject(expected);
  });

  test.each([
    ['a serial is sold', 'serials (event, serial, first, exclusive)', '1, 1, 1'],
    [
      'a hold ends',
      'hold_ends (hold, event, version, ended, at, exclusive)',
      "'h1', 1, 9, 'expired', now()",
    ],
    [
      'an order is cancelled',
      'cancellations (event, first, last, token, version, at, exclusive)',
      "1, 1, 2, 'x', 9, now()",
    ],
    [
      'a ticket is admitted',
      'admissions (event, serial, door, version, at, exclusive)',
      '1, 4, \'"south"\', 9, now()',
    ],
  ])(
    '%s once: the database rejects a second time, except without a lock',
    async (_what, table, values) => {
      const { database, store } = await databaseWithSales();
      await liveOn(store);
      const insert = (exclusive: boolean) =>
        database.query(`insert into turnstile.${table} values (${values}, ${exclusive})`);
      await expect(insert(true)).rejects.toMatchObject({ code: '23505' });
      await insert(false); // the record of what went wrong
    },
  );
});

/** The members that are hashed, in this order, besides those of orders. No name is among them. */
const hashed = [
  ...['holds', 'ends', 'cancellations', 'admissions', 'edits'],
  ...['event', 'version', 'at', 'first', 'last', 'quantity', 'remaining', 'token', 'keyHash'],
  ...['amount', 'currency', 'id', 'until', 'hold', 'ended', 'serial', 'door', 'details'],
];

/** The hash of a commit, computed from what the tables have. */
async function hashOf(database: TestDatabase, { event, seq, prev, at }: Commit): Promise<string> {
  const rows = async (columns: string, table: string, order: string, version = 'version') =>
    (
      await database.query<Record<string, unknown>>(
        `select ${columns} from turnstile.${table} where ${table.split(' ')[0]}.event = $1 and ${version} = $2 order by ${order}`,
        [event, seq],
      )
    ).map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
  const sold = await rows(
    `event, first, quantity, remaining, version, token, amount::float8 as amount, currency,
      key_hash as "keyHash", hold_id as "holdId"`,
    'orders',
    'first',
  );
  const others = {
    holds: await rows(
      `id, event, quantity, amount::float8 as amount, currency, until, remaining, version,
        key_hash as "keyHash"`,
      'holds',
      'remaining desc',
    ),
    ends: await rows(
      'hold, hold_ends.event, hold_ends.version, hold_ends.ended, at, first',
      'hold_ends join turnstile.holds on id = hold',
      "hold_ends.ended = 'expired' desc, first",
      'hold_ends.version',
    ),
    cancellations: await rows('event, first, last, token, version, at', 'cancellations', 'first'),
    admissions: await rows(
      'event, serial, door::text as door, version, at, key_hash as "keyHash"',
      'admissions',
      'serial',
    ),
    edits: await rows('event, version, details::text as details', 'edits', 'version'),
  };
  const orders = sold.map((order) =>
    ['first', 'quantity', 'remaining', 'token', 'amount', 'currency', 'holdId', 'keyHash'].map(
      (name) => order[name],
    ),
  );
  const commit = JSON.stringify([prev, event, seq, at, orders]);
  const isMore = Object.values(others).some((each) => each.length > 0);
  const text = isMore ? commit + JSON.stringify(others, hashed) : commit;
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
