import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import { postgres } from '../../src/store/postgres/driver.js';
import { newFolder, removeFolder } from './folder.js';

/** A database of a test's own, on the server that all tests share. */
export class TestDatabase {
  readonly address: string;
  /** Where the events lie that it is prepared with. */
  readonly seeds: string;

  private constructor(address: string, seeds: string) {
    this.address = address;
    this.seeds = seeds;
  }

  /**
   * Makes one that is empty. Whoever makes it disposes of it.
   *
   * @param events what an office that starts on it puts on sale
   * @param server the server's address; the shared one unless it is given
   */
  static async create(events?: TicketState['events'], server?: string): Promise<TestDatabase> {
    const at = server ?? (await sharedServer());
    const name = `turnstile_test_${randomBytes(6).toString('hex')}`;
    await ask(at, `create database ${name}`);
    const url = new URL(at);
    url.pathname = `/${name}`;
    return new TestDatabase(url.href, newFolder(events));
  }

  /** Makes one that is gone when the test ends. */
  static async forTest(events?: TicketState['events'], server?: string): Promise<TestDatabase> {
    const database = await TestDatabase.create(events, server);
    onTestFinished(() => database.dispose());
    return database;
  }

  /** What an office needs to sell from it. */
  get env(): NodeJS.ProcessEnv {
    return { STORE: 'postgres', DATABASE_URL: this.address, DATA_DIR: this.seeds };
  }

  /** Makes tables and events, as a start does. */
  prepare(waitMs = 0): Promise<void> {
    return postgres.prepare(this.address, { seeds: this.seeds, waitMs });
  }

  ask<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return ask(this.address, text, values);
  }

  /** Removes it, whoever is still connected. On a server that is gone there is nothing to remove. */
  async dispose(): Promise<void> {
    const url = new URL(this.address);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    await ask(url.href, `drop database if exists ${name} with (force)`).catch(() => {});
    removeFolder(this.seeds);
  }
}

async function sharedServer(): Promise<string> {
  const answer = await fetch(inject('postgresAddressUrl'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`there is no PostgreSQL: ${text}`);
  return text;
}

async function ask<Row extends object>(
  address: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: address });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
