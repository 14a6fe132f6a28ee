import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/verdict/judge.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { openStore, sell } from './open-store.js';

const buy = (eventId: string, quantity = 1) => ({ eventId, customer: 'Ada', quantity });

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

interface Commit {
  event: number;
  seq: number;
  prev: string;
  hash: string;
}

describe('postgres commits', () => {
  test.each(['row', 'optimistic'])('form one chain per event with lock mode %s', async (mode) => {
    const { database } = await databaseWithSales(mode);
    const commits = await database.query<Commit>(
      'select event, seq, prev, hash from turnstile.commits order by event, seq',
    );
    const [server] = await database.query<{ id: string }>('select id from turnstile.office');
    expect(commits.map(({ event, seq }) => [event, seq])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
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
      'update turnstile.inventory set remaining = 9',
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
      'insert into turnstile.commits select event, seq, prev, hash, false from turnstile.commits where event = 1',
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

  test('cannot sell a serial twice: the database rejects it', async () => {
    const { database } = await databaseWithSales();
    const inserting = database.query('insert into turnstile.serials values (1, 1, 1, true)');
    await expect(inserting).rejects.toMatchObject({ code: '23505' });
  });
});

/** The hash of a commit, computed from the stored orders. */
async function hashOf(database: TestDatabase, { event, seq, prev }: Commit): Promise<string> {
  const rows = await database.query<Record<string, unknown>>(
    `select event, first, quantity, remaining, version, token, key_hash
    from turnstile.orders where event = $1 and version = $2 order by first`,
    [event, seq],
  );
  const sold = rows.map(({ key_hash: keyHash, ...order }) =>
    keyHash === null ? order : { ...order, keyHash },
  );
  const text = JSON.stringify([prev, event, seq, sold]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
