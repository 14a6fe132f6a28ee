import type { SalesHistory } from '../../booking/store.js';
import { UserError } from '../../user-error.js';
import type { BackgroundTask, PrepareOptions, StoreOptions } from '../driver.js';
import { createPause } from '../shared/pause.js';
import { redactedAddress } from './address.js';
import { AdvisoryLocks } from './advisory-locks.js';
import { withDatabase } from './connect.js';
import { inSnapshot } from './full-state.js';
import { readHistory } from './history.js';
import { migrate } from './migrate.js';
import { concurrencyModeOf } from './modes/registry.js';
import { readSeed } from './reset.js';
import { type Session, SessionPool } from './session.js';
import { selectTablesExist } from './sql/reads.js';
import { PostgresStore } from './store.js';
import { traceMode } from './trace.js';

/** Connections of one worker for sales: one per batch, and a second while the first is given up. */
const SALES_CONNECTIONS_MAX = 2;
/** Without a lock many batches are under way at once, each with a connection. */
const RACING_CONNECTIONS_MAX = 8;
/** Connections of one worker for other reads. */
const READ_CONNECTIONS_MAX = 2;

/** How much longer a statement may take than a wait for a lock. */
const STATEMENT_EXTRA_MS = 1_000;

/** Creates the tables that are missing, and the events if there are none. */
export const prepare = (address: string, { seeds, waitMs }: PrepareOptions): Promise<void> =>
  withDatabase(address, waitMs, (session) => migrate(session, () => readSeed(seeds)));

/** A store for one worker. It connects on demand, so it may open before its database does. */
export function open(options: StoreOptions): PostgresStore {
  const { location: address, durable, raceWindowMs, lockTimeoutMs, lockStaleMs, emit } = options;
  const mode = concurrencyModeOf(options.lockMode);
  const newPool = (max: number) =>
    new SessionPool({
      address,
      max,
      durable,
      lockTimeoutMs,
      idleInTransactionMs: lockStaleMs + raceWindowMs,
      statementMs: lockTimeoutMs + STATEMENT_EXTRA_MS,
    });
  return new PostgresStore({
    mode: traceMode(mode, emit),
    sales: newPool(mode.exclusive ? SALES_CONNECTIONS_MAX : RACING_CONNECTIONS_MAX),
    reads: newPool(READ_CONNECTIONS_MAX),
    pause: createPause(raceWindowMs, emit),
    lockTimeoutMs,
  });
}

/** Announces to other servers that this one sells from the database. */
export const announce = (address: string, lockMode: string): Promise<BackgroundTask> =>
  AdvisoryLocks.open(address, concurrencyModeOf(lockMode).exclusive);

/**
 * What was sold, counted on a connection of its own.
 *
 * @throws UserError when the database has no tables of Turnstile
 */
export const history = (address: string): Promise<SalesHistory> =>
  withTables(address, 0, (session) => inSnapshot(session, () => readHistory(session)));

/**
 * Waits for a database that has tickets.
 *
 * @throws NoDatabaseError when it does not answer; UserError when it has no tables of Turnstile
 */
export const requireTickets = (address: string, waitMs: number): Promise<void> =>
  withTables(address, waitMs, async () => {});

const withTables = <T>(
  address: string,
  waitMs: number,
  read: (session: Session) => Promise<T>,
): Promise<T> =>
  withDatabase(address, waitMs, async (session) => {
    const [found] = await session.rows<{ exists: boolean }>(selectTablesExist);
    if (!found?.exists) throw new UserError(`${redactedAddress(address)} holds no tickets`);
    return read(session);
  });
