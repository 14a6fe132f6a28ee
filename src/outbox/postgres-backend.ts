import { redactedAddress } from '../store/postgres/address.js';
import type { Session } from '../store/postgres/session.js';
import { acquireOutbox, releaseOutbox } from '../store/postgres/sql/advisory.js';
import {
  createOutbox,
  deleteRequest,
  insertRequest,
  type PositionRow,
  saveProgress,
  selectPositions,
  selectProgress,
  selectRequest,
  selectRequests,
} from '../store/postgres/sql/outbox.js';
import { UserError } from '../user-error.js';
import {
  type AcquiredOutbox,
  type MessageSource,
  type OutboxBackend,
  OutboxLostError,
} from './backend.js';
import { type DatabaseConnection, SharedConnection } from './database-connection.js';
import { PostgresSource } from './postgres-source.js';
import { newProgress, type Progress, progress } from './progress.js';
import { OutboxRequests, type RequestStore } from './requests.js';

/**
 * The outbox of a database. An advisory lock says who follows the commits. It belongs to the connection
 * that also saves the progress: a process that lost the lock cannot save.
 */
export class PostgresBackend implements OutboxBackend {
  readonly requests: OutboxRequests;
  readonly #address: string;
  readonly #connection: SharedConnection;

  constructor(address: string) {
    this.#address = address;
    this.#connection = new SharedConnection(address);
    this.requests = new OutboxRequests(new DatabaseRequests(this.#connection));
  }

  async create(): Promise<void> {
    const { session } = await this.#connection.open();
    await session.rows(createOutbox, [JSON.stringify(newProgress())]);
  }

  async acquire(): Promise<AcquiredOutbox | undefined> {
    const connection = await this.#connection.open();
    try {
      const [lock] = await connection.session.rows<{ granted: boolean }>(acquireOutbox);
      if (!lock?.granted) return undefined;
    } catch (error) {
      connection.drop(); // it may have been granted all the same
      throw error;
    }
    return new AcquiredDatabase(connection, this.#address, this.requests);
  }

  async read(): Promise<Progress | undefined> {
    return readProgress((await this.#connection.open()).session);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

class AcquiredDatabase implements AcquiredOutbox {
  readonly requests: OutboxRequests;
  readonly #connection: DatabaseConnection;
  readonly #address: string;
  readonly #saved = new Map<string, string>();

  constructor(connection: DatabaseConnection, address: string, requests: OutboxRequests) {
    this.#connection = connection;
    this.#address = address;
    this.requests = requests;
  }

  async load(): Promise<Progress> {
    const { session } = this.#connection;
    const found = await readProgress(session);
    if (found === undefined) {
      throw new UserError(`${redactedAddress(this.#address)} has no outbox: start again`);
    }
    const rows = await session.rows<PositionRow>(selectPositions);
    const positions = rows.map(({ id, version, place }): [string, [number, number]] => [
      id,
      [version, place],
    ]);
    for (const [id, position] of positions) this.#saved.set(id, String(position));
    return { ...found, positions: Object.fromEntries(positions) };
  }

  async openSource(): Promise<MessageSource> {
    return new PostgresSource(this.#connection.session);
  }

  async save({ positions, ...rest }: Progress): Promise<void> {
    const { session, isLost } = this.#connection;
    const changed = Object.entries(positions).filter(
      ([id, position]) => this.#saved.get(id) !== String(position),
    );
    const rows = changed.map(([id, [version, place]]) => ({ id, version, place }));
    const saved: Progress = { ...rest, positions: {} };
    const values = [JSON.stringify(saved), JSON.stringify(rows)];
    await session.rows(saveProgress, values).catch((error) => {
      if (isLost()) throw new OutboxLostError('the connection was lost', { cause: error });
      throw error;
    });
    for (const [id, position] of changed) this.#saved.set(id, String(position));
  }

  async close(): Promise<void> {
    const { session, drop } = this.#connection;
    // A connection that cannot release the lock would keep it, and be used again.
    await session.rows(releaseOutbox).catch(drop);
  }
}

async function readProgress(session: Session): Promise<Progress | undefined> {
  const [row] = await session.rows<{ progress: unknown }>(selectProgress);
  return row && progress.parse(row.progress);
}

/** Each request is a row. */
class DatabaseRequests implements RequestStore {
  readonly #connection: SharedConnection;

  constructor(connection: SharedConnection) {
    this.#connection = connection;
  }

  async add(request: object, max: number): Promise<string | undefined> {
    const [row] = await this.#rows<{ name: string }>(insertRequest, [JSON.stringify(request), max]);
    return row?.name;
  }

  async has(name: string): Promise<boolean> {
    return (await this.#rows(selectRequest, [name])).length > 0;
  }

  oldest(max: number): Promise<readonly { readonly name: string; readonly request: unknown }[]> {
    return this.#rows(selectRequests, [max]);
  }

  async remove(name: string): Promise<void> {
    await this.#rows(deleteRequest, [name]);
  }

  async #rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.#connection.open()).session.rows<Row>(text, values);
  }
}
