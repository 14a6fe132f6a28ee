import pg from 'pg';
import { connectionOptions } from './address.js';
import { classifyError } from './classify-error.js';
import { CommitUnknownError, OvertakenError } from './errors.js';

/** A statement and its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A connection of its own or of a pool. */
export class Session {
  readonly #client: pg.Client;

  constructor(client: pg.ClientBase) {
    this.#client = client as pg.Client; // a pool's client is one, although its type says less
  }

  /** Runs a prepared statement: each connection parses and plans a text once. */
  async rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#send<Row>(prepared(text, values));
    return rows;
  }

  /** Runs a prepared statement and returns the number of rows that it wrote. */
  async write({ text, values }: Statement): Promise<number> {
    const { rowCount } = await this.#send(prepared(text, values));
    return rowCount ?? 0;
  }

  /** Runs one or more statements without parameters. */
  async run(text: string): Promise<void> {
    await this.#send({ text });
  }

  /**
   * Sends statements and COMMIT in one network round trip. If a statement fails, PostgreSQL turns the
   * COMMIT into a ROLLBACK.
   *
   * @throws the error of the failed statement, when nothing was committed; CommitUnknownError when
   *   that is unknown
   */
  async commit(writes: readonly Statement[] = []): Promise<void> {
    const sent = writes.map(({ text, values }) => this.#send(prepared(text, values)));
    const [commit, ...written] = await Promise.allSettled([
      this.#send({ text: 'commit' }),
      ...sent,
    ]);
    const failed = written.find((each) => each.status === 'rejected')?.reason;
    if (failed instanceof pg.DatabaseError) throw failed; // PostgreSQL stopped at that statement
    // Only an error that PostgreSQL raises before it commits proves that nothing was committed.
    if (commit.status === 'rejected') {
      if (classifyError(commit.reason) === 'retryable') throw commit.reason;
      throw new CommitUnknownError('no answer to COMMIT', { cause: commit.reason });
    }
    if (commit.value.command !== 'COMMIT') throw new OvertakenError('the transaction had failed');
  }

  /** Everything sent in one tick leaves with one write. */
  #send<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return this.#client.query<Row>(query);
  }
}

/** Prepared statements need a name, one for each text. */
const statementNames = new Map<string, string>();

function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  const name = statementNames.get(text) ?? `turnstile-${statementNames.size + 1}`;
  statementNames.set(text, name);
  return { name, text, values: [...values] };
}

export interface PoolOptions {
  readonly address: string;
  /** The most connections. */
  readonly max: number;
  /** Whether a commit is answered only when it is on the disk. */
  readonly durable: boolean;
  /** The longest wait for a row lock. */
  readonly lockTimeoutMs: number;
  /** When an idle transaction is ended and its locks are released. */
  readonly idleInTransactionMs: number;
  /** The longest time for one statement; the client gives up a little later. */
  readonly statementMs: number;
}

/** How much longer than the server the client waits for an answer. */
const CLIENT_EXTRA_MS = 1_000;

/** A bounded number of connections, opened on demand. */
export class SessionPool {
  readonly #pool: pg.Pool;

  constructor(options: PoolOptions) {
    this.#pool = new pg.Pool({
      ...connectionOptions(options.address),
      pipeline: true,
      max: options.max,
      lock_timeout: options.lockTimeoutMs,
      idle_in_transaction_session_timeout: options.idleInTransactionMs,
      statement_timeout: options.statementMs,
      query_timeout: options.statementMs + CLIENT_EXTRA_MS,
      options: `-c synchronous_commit=${options.durable ? 'on' : 'off'}`,
    });
    // An idle connection may break. Its next user gets an error; nothing else needs to know.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Lends a connection to a piece of work. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const result = await work(new Session(client));
      client.release();
      return result;
    } catch (error) {
      await releaseAfterError(client, error);
      throw error;
    }
  }

  /**
   * Runs a piece of work in a transaction and commits the writes that it returns. Without writes, and
   * after an error, it rolls back: that costs no sync, while a commit costs one even for locks alone.
   */
  transact<T>(
    work: (session: Session) => Promise<{ writes: readonly Statement[]; result: T }>,
  ): Promise<T> {
    return this.use(async (session) => {
      // Not awaited yet: its answer arrives before that of the next statement.
      const begun = session.run('begin');
      begun.catch(() => {}); // awaited below, unless the work fails first
      const { writes, result } = await work(session);
      await begun; // without BEGIN, every statement would have been a transaction of its own
      if (writes.length > 0) await session.commit(writes);
      else await session.run('rollback');
      return result;
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** A connection is reused after an error only if the database confirms the rollback. */
async function releaseAfterError(client: pg.PoolClient, error: unknown): Promise<void> {
  const errorClass = classifyError(error);
  if (errorClass === 'retryable' || errorClass === 'lockTimeout') {
    const rolledBack = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!rolledBack);
  } else {
    client.release(true);
  }
}
