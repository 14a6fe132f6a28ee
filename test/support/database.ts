import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import { postgres } from '../../src/store/postgres/driver.js';
import { newFolder, removeFolder } from './folder.js';

/** A new database for one test, on the PostgreSQL server that all tests share. */
export class TestDatabase {
  readonly address: string;
  /** The folder with the events that it is seeded with. */
  readonly seeds: string;

  private constructor(address: string, seeds: string) {
    this.address = address;
    this.seeds = seeds;
  }

  /**
   * Creates an empty database. The caller disposes of it.
   *
   * @param events what a server that starts on it puts on sale
   * @param address of the PostgreSQL server; the shared one by default
   */
  static async create(events?: TicketState['events'], address?: string): Promise<TestDatabase> {
    const at = address ?? (await sharedServer());
    const name = `turnstile_test_${randomBytes(6).toString('hex')}`;
    await query(at, `create database ${name}`);
    const url = new URL(at);
    url.pathname = `/${name}`;
    return new TestDatabase(url.href, newFolder(events));
  }

  /** Creates a database that is dropped when the test ends. */
  static async forTest(events?: TicketState['events'], address?: string): Promise<TestDatabase> {
    const database = await TestDatabase.create(events, address);
    onTestFinished(() => database.dispose());
    return database;
  }

  /** The settings of a server that sells from it. */
  get env(): NodeJS.ProcessEnv {
    return { STORE: 'postgres', DATABASE_URL: this.address, DATA_DIR: this.seeds };
  }

  /** Creates the tables and seeds the events, as a server's start does. */
  prepare(waitMs = 0): Promise<void> {
    return postgres.prepare(this.address, { seeds: this.seeds, waitMs });
  }

  query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return query(this.address, text, values);
  }

  /** Drops it, even with open connections. Does nothing if the PostgreSQL server is gone. */
  async dispose(): Promise<void> {
    const url = new URL(this.address);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    await query(url.href, `drop database if exists ${name} with (force)`).catch(() => {});
    removeFolder(this.seeds);
  }
}

let serverAddress: Promise<string> | undefined;

/** The shared server's URL, requested once: a kept connection may be closed at the next request. */
const sharedServer = (): Promise<string> => {
  serverAddress ??= requestServerAddress();
  return serverAddress;
};

async function requestServerAddress(): Promise<string> {
  const answer = await fetch(inject('postgresAddressUrl'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no PostgreSQL server: ${text}`);
  return text;
}

async function query<Row extends object>(
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
