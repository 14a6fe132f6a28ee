import pg from 'pg';
import { connectionOptions, redactedAddress } from '../store/postgres/address.js';
import { Session } from '../store/postgres/session.js';
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
  OutboxBusyError,
  OutboxLostError,
} from './backend.js';
import { PostgresSource } from './postgres-source.js';
import {
  type NamedRequest,
  newProgress,
  type OutboxRequest,
  outboxRequest,
  type Progress,
  progress,
  REQUESTS_MAX,
  REQUESTS_READ,
} from './progress.js';

/** The longest time for one statement; the client gives up a little later. */
const STATEMENT_MS = { server: 5_000, client: 6_000 };

/**
 * The outbox of a database. An advisory lock says who follows the commits. It belongs to the connection
 * that also saves the progress: a process that lost the lock cannot save.
 */
export class PostgresBackend implements OutboxBackend {
  readonly #address: string;
  #connecting: Promise<pg.Client> | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  async create(): Promise<void> {
    const session = await this.#session();
    await session.rows(createOutbox, [JSON.stringify(newProgress())]);
  }

  async acquire(): Promise<AcquiredOutbox | undefined> {
    const session = await this.#session();
    const [lock] = await session.rows<{ granted: boolean }>(acquireOutbox);
    if (!lock?.granted) return undefined;
    const connection = this.#connecting;
    return new AcquiredDatabase(session, this.#address, () => connection !== this.#connecting);
  }

  async read(): Promise<Progress | undefined> {
    return readProgress(await this.#session());
  }

  async addRequest(request: OutboxRequest): Promise<string> {
    const session = await this.#session();
    const values = [JSON.stringify(request), REQUESTS_MAX];
    const [row] = await session.rows<{ number: string }>(insertRequest, values);
    if (row === undefined) throw new OutboxBusyError('too many requests wait already');
    return row.number;
  }

  async hasRequest(name: string): Promise<boolean> {
    const session = await this.#session();
    return (await session.rows(selectRequest, [name])).length > 0;
  }

  async close(): Promise<void> {
    const client = await this.#connecting?.catch(() => undefined);
    await client?.end().catch(() => {});
  }

  /** One connection for all: it is made again when it was lost. */
  async #session(): Promise<Session> {
    this.#connecting ??= this.#connect();
    return new Session(await this.#connecting);
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...connectionOptions(this.#address),
      pipeline: true, // reading, saving and requests are independent of each other
      statement_timeout: STATEMENT_MS.server,
      query_timeout: STATEMENT_MS.client,
    });
    const forget = () => {
      this.#connecting = undefined;
    };
    client.on('error', forget);
    client.once('end', forget);
    try {
      await client.connect();
      return client;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

class AcquiredDatabase implements AcquiredOutbox {
  readonly #session: Session;
  readonly #address: string;
  /** Whether the connection was lost, and with it the lock. */
  readonly #isLost: () => boolean;
  readonly #saved = new Map<string, string>();

  constructor(session: Session, address: string, isLost: () => boolean) {
    this.#session = session;
    this.#address = address;
    this.#isLost = isLost;
  }

  async load(): Promise<Progress> {
    const found = await readProgress(this.#session);
    if (found === undefined) {
      throw new UserError(`${redactedAddress(this.#address)} has no outbox: start again`);
    }
    const rows = await this.#session.rows<PositionRow>(selectPositions);
    const positions = rows.map(({ id, version, place }): [string, [number, number]] => [
      id,
      [version, place],
    ]);
    for (const [id, position] of positions) this.#saved.set(id, String(position));
    return { ...found, positions: Object.fromEntries(positions) };
  }

  async openSource(): Promise<MessageSource> {
    return new PostgresSource(this.#session);
  }

  async save({ positions, ...rest }: Progress): Promise<void> {
    const changed = Object.entries(positions).filter(
      ([id, position]) => this.#saved.get(id) !== String(position),
    );
    const rows = changed.map(([id, [version, place]]) => ({ id, version, place }));
    const saved: Progress = { ...rest, positions: {} };
    const values = [JSON.stringify(saved), JSON.stringify(rows)];
    await this.#session.rows(saveProgress, values).catch((error) => {
      if (this.#isLost()) throw new OutboxLostError('the connection was lost', { cause: error });
      throw error;
    });
    for (const [id, position] of changed) this.#saved.set(id, String(position));
  }

  async requests(): Promise<readonly NamedRequest[]> {
    const rows = await this.#session.rows<{ number: string; request: unknown }>(selectRequests, [
      REQUESTS_READ,
    ]);
    return rows.flatMap(({ number, request }) => {
      const parsed = outboxRequest.safeParse(request).data;
      return parsed === undefined ? [] : [{ name: number, request: parsed }];
    });
  }

  async removeRequest(name: string): Promise<void> {
    await this.#session.rows(deleteRequest, [name]);
  }

  async close(): Promise<void> {
    await this.#session.rows(releaseOutbox).catch(() => {}); // lost with its connection
  }
}

async function readProgress(session: Session): Promise<Progress | undefined> {
  const [row] = await session.rows<{ progress: unknown }>(selectProgress);
  return row && progress.parse(row.progress);
}
