import pg from 'pg';
import { connectionOptions } from './address.js';
import { classifyError } from './classify-error.js';
import { CommitUnknownError, OvertakenError } from './errors.js';

/** A connection that statements are sent over. */
export class Session {
  readonly #client: pg.Client;

  constructor(client: pg.ClientBase) {
    this.#client = client as pg.Client; // one of a pool is no other; its type only says less
  }

  /** Runs a statement with parameters; each connection has it parsed and planned once. */
  async rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#send<Row>(prepared(text, values));
    return rows;
  }

  /** Runs a statement and answers how many rows it wrote. */
  async write({ text, values }: Statement): Promise<number> {
    const { rowCount } = await this.#send(prepared(text, values));
    return rowCount ?? 0;
  }

  /** Runs statements without parameters, one or more. */
  async run(text: string): Promise<void> {
    await this.#send({ text });
  }

  /**
   * Sends these statements and COMMIT after them, without waiting in between: one turn of the network
   * for all. Where one of them fails, PostgreSQL makes a ROLLBACK of the COMMIT.
   *
   * @throws the error of the statement that failed, when nothing was done; CommitUnknownError when
   *   that cannot be said
   */
  async commit(writes: readonly Statement[] = []): Promise<void> {
    const sent = writes.map(({ text, values }) => this.#send(prepared(text, values)));
    const [commit, ...written] = await Promise.allSettled([
      this.#send({ text: 'commit' }),
      ...sent,
    ]);
    const failed = written.find((each) => each.status === 'rejected')?.reason;
    if (failed instanceof pg.DatabaseError) throw failed; // PostgreSQL came no further than to that one
    // Only a refusal that PostgreSQL gives before it commits is one for certain.
    if (commit.status === 'rejected') {
      if (classifyError(commit.reason) === 'again') throw commit.reason;
      throw new CommitUnknownError('no answer to COMMIT', { cause: commit.reason });
    }
    if (commit.value.command !== 'COMMIT') throw new OvertakenError('the transaction had failed');
  }

  /** All that is sent in one tick goes out with one write. */
  #send<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return this.#client.query<Row>(query);
  }
}

/** A statement with what it is given. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The name of a prepared statement, one for each text. */
const names = new Map<string, string>();

function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  const name = names.get(text) ?? `turnstile-${names.size + 1}`;
  names.set(text, name);
  return { name, text, values: [...values] };
}

export interface PoolOptions {
  readonly address: string;
  /** Connections at most. */
  readonly max: number;
  /** Whether a commit is answered after it is on the disk. */
  readonly durable: boolean;
  /** Longest wait for a row's lock. */
  readonly lockTimeoutMs: number;
  /** When a transaction that does nothing is ended, and its locks are given to others. */
  readonly idleInTransactionMs: number;
  /** Longest time for one statement; our own patience ends a little later. */
  readonly statementMs: number;
}

/** How much longer than the server we wait for its answer. */
const PATIENCE_MS = 1_000;

/** A bounded number of connections, opened when they are needed. */
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
      query_timeout: options.statementMs + PATIENCE_MS,
      options: `-c synchronous_commit=${options.durable ? 'on' : 'off'}`,
    });
    // A connection may break when nobody uses it. Whoever uses it next is told; nobody else need be.
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
   * Runs a piece of work in a transaction, and then commits what it wants written. Where it wants
   * nothing, and where it throws, all is undone. (To undo costs no sync; a commit costs one even if it
   * only took locks.)
   */
  transact<T>(
    work: (session: Session) => Promise<{ writes: readonly Statement[]; result: T }>,
  ): Promise<T> {
    return this.use(async (session) => {
      // Not waited for: its answer comes before that of the next statement.
      const begun = session.run('begin');
      begun.catch(() => {}); // it is asked below, unless the work fails before
      const { writes, result } = await work(session);
      await begun; // without it every statement would be a transaction, and a COMMIT of nothing "done"
      if (writes.length > 0) await session.commit(writes);
      else await session.run('rollback');
      return result;
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** A connection on which something failed is used again only if the database says that all is undone. */
async function releaseAfterError(client: pg.PoolClient, error: unknown): Promise<void> {
  const errorClass = classifyError(error);
  if (errorClass === 'again' || errorClass === 'lockTimeout') {
    const undone = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!undone);
  } else {
    client.release(true);
  }
}
