import pg from 'pg';
import { connectionOptions } from '../store/postgres/address.js';
import { Session } from '../store/postgres/session.js';

/** The longest time for one statement; the client gives up a little later. */
const STATEMENT_MS = { server: 5_000, client: 6_000 };

/**
 * After 11 seconds without a sign of life of this machine, as after a power cut, the server ends the connection
 * and releases its locks. By default it waits for two hours.
 */
const KEEP_ALIVE =
  '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

/** An open connection. */
export interface DatabaseConnection {
  readonly session: Session;
  /** Whether it was lost, and with it its locks. */
  readonly isLost: () => boolean;
  /** Ends it at once. Its locks are released, also if the database answers nothing any more. */
  readonly drop: () => void;
  readonly close: () => Promise<void>;
}

/** One connection that everything shares. After it was lost, the next use makes another one. */
export class SharedConnection {
  readonly #address: string;
  #current: Promise<DatabaseConnection> | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  open(): Promise<DatabaseConnection> {
    this.#current ??= this.#connect();
    return this.#current;
  }

  async close(): Promise<void> {
    const connection = await this.#current?.catch(() => undefined);
    await connection?.close().catch(() => {});
  }

  #connect(): Promise<DatabaseConnection> {
    const client = new pg.Client({
      ...connectionOptions(this.#address),
      pipeline: true, // reading, saving and requests are independent of each other
      statement_timeout: STATEMENT_MS.server,
      query_timeout: STATEMENT_MS.client,
      options: KEEP_ALIVE,
    });
    const isLost = () => this.#current !== connecting;
    // A lost one has several events. The later ones must not make its successor forgotten.
    const forget = () => {
      if (!isLost()) this.#current = undefined;
    };
    const drop = () => {
      forget();
      client.connection.stream.destroy();
    };
    client.on('error', forget);
    client.once('end', forget);
    const connecting: Promise<DatabaseConnection> = client
      .connect()
      .then(() => ({ session: new Session(client), isLost, drop, close: () => client.end() }));
    connecting.catch(forget);
    return connecting;
  }
}
