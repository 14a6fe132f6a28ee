import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockInventory } from '../../../src/store/postgres/sql/reads.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { until } from '../../support/processes.js';

const WITHIN_MS = 45_000;

/** A connection with a transaction, and what became of its statements: `ok`, or a SQLSTATE. */
class Session {
  readonly outcomes: string[] = [];
  readonly #client: pg.Client;
  #sent = 0;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open({ address }: TestDatabase): Promise<Session> {
    const client = new pg.Client({ connectionString: address });
    client.on('error', () => {}); // its database is dropped
    await client.connect();
    onTestFinished(() => client.end());
    return new Session(client);
  }

  /** Sends a statement, and does not wait for it. */
  send(statement: string, values?: unknown[]): void {
    this.#sent++;
    this.#client.query(statement, values).then(
      () => this.outcomes.push('ok'),
      (error: { code?: string }) => this.outcomes.push(error.code ?? 'unknown'),
    );
  }

  get isDone(): boolean {
    return this.outcomes.length === this.#sent;
  }
}

/** How many transactions of a database wait for a lock. */
async function waiting(database: TestDatabase): Promise<number> {
  const rows = await database.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}

/** Sends statements one after the other, each once the one before it is done or waits for a lock. */
async function play(
  database: TestDatabase,
  statements: readonly (readonly [Session, string, unknown[]?])[],
): Promise<void> {
  for (const [session, statement, values] of statements) {
    session.send(statement, values);
    const isSettled = async () => session.isDone || (await waiting(database)) > 0;
    await until(`it is done, or waits: ${statement}`, isSettled, WITHIN_MS);
  }
}

const blocks = [
  ...readFileSync(new URL('../../../docs/WHICH-LOCK.md', import.meta.url), 'utf8').matchAll(
    /```sql\n([^`]+)```/g,
  ),
].map(([, block = '']) => block);

describe('the rows of docs/WHICH-LOCK.md', () => {
  const [tables = '', unsorted = '', sorted = ''] = blocks;

  /** Plays a block of the page in two sessions, and returns what their statements came to. */
  async function playBlock(block: string): Promise<string[][]> {
    const database = await TestDatabase.forTest();
    await database.query(tables);
    const sessions = { A: await Session.open(database), B: await Session.open(database) };
    const statements = [...block.matchAll(/\/\* ([AB]) \*\/ ([^;]+);/g)].map(
      ([, name, text = '']) => [sessions[name as 'A' | 'B'], text] as const,
    );
    expect(statements).toHaveLength(6);
    await play(database, statements);
    const isOver = () => sessions.A.isDone && sessions.B.isDone;
    await until('no session waits', isOver, WITHIN_MS);
    return [sessions.A.outcomes, sessions.B.outcomes];
  }

  test('deadlock where they are locked in opposite order: one of the two fails', async () => {
    const outcomes = await playBlock(unsorted);
    expect(outcomes.toSorted()).toEqual([
      ['ok', 'ok', '40P01'],
      ['ok', 'ok', 'ok'],
    ]);
  });

  test('do not where both sort them', async () => {
    expect(await playBlock(sorted)).toEqual([
      ['ok', 'ok', 'ok'],
      ['ok', 'ok', 'ok'],
    ]);
  });
});

describe('the rows of a batch', () => {
  /**
   * Two batches lock two rows while a third transaction holds the first row; then it lets go.
   *
   * @param other the statement of the second batch
   */
  async function lockBoth(other: string): Promise<string[][]> {
    const database = await TestDatabase.forTest({ a: anEvent(10), b: anEvent(10) });
    await database.prepare();
    const [holder, first, second] = [
      await Session.open(database),
      await Session.open(database),
      await Session.open(database),
    ];
    await play(database, [
      [holder, 'begin'],
      [holder, 'select from turnstile.inventory where event = 1 for update'],
      [first, 'begin'],
      [second, 'begin'],
      [first, lockInventory, [['a', 'b']]],
    ]);
    second.send(other, [['b', 'a']]);
    await until('both wait', async () => (await waiting(database)) === 2, WITHIN_MS);
    holder.send('commit');
    await until('a batch has both', () => first.isDone || second.isDone, WITHIN_MS);
    for (const each of [first, second]) each.send('commit');
    await until('no batch waits', () => first.isDone && second.isDone, WITHIN_MS);
    return [first.outcomes, second.outcomes];
  }

  test('are locked in one order, whatever order the batch names them in', async () => {
    expect(await lockBoth(lockInventory)).toEqual([
      ['ok', 'ok', 'ok'],
      ['ok', 'ok', 'ok'],
    ]);
  });

  test('negative control: in opposite order they deadlock', async () => {
    const opposite = lockInventory.replace('order by i.event', 'order by i.event desc');
    expect(opposite).not.toBe(lockInventory);
    expect((await lockBoth(opposite)).flat()).toContain('40P01');
  });
});
