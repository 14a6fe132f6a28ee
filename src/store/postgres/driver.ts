import type { SalesHistory } from '../../booking/store.js';
import { UserError } from '../../user-error.js';
import type { PrepareOptions, StoreDriver } from '../driver.js';
import { createPause } from '../shared/pause.js';
import { redactedAddress } from './address.js';
import { AdvisoryLocks } from './advisory-locks.js';
import { withDatabase } from './connect.js';
import { readHistory } from './history.js';
import { migrate } from './migrate.js';
import { concurrencyModeOf, concurrencyModes } from './modes/registry.js';
import { readSeed } from './reset.js';
import { SessionPool } from './session.js';
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

/** For callers without a folder and without patience: the packaged events, and one attempt. */
const prepareDefaults: PrepareOptions = { seeds: '', waitMs: 0 };

/** The postgres store: tables that any number of machines share. Its location is a database URL. */
export const postgres: StoreDriver = {
  about: 'tables of a PostgreSQL at `DATABASE_URL`, shared by any number of machines',
  storedIn: 'database',
  needsLock: true,
  mixesLockModes: false,
  concurrencyModes,
  lockModeDefault: 'row',
  guardedFile: redactedAddress,

  prepare: (address, { seeds, waitMs } = prepareDefaults) =>
    withDatabase(address, waitMs, (session) => migrate(session, () => readSeed(seeds))),

  /** Connects on demand, so a worker may open before its database does. */
  async open({
    folder: address,
    durable,
    raceWindowMs,
    lockTimeoutMs,
    lockStaleMs,
    lockMode,
    emit,
  }) {
    const mode = concurrencyModeOf(lockMode);
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
  },

  startBackgroundTask: ({ folder: address, lockMode }) =>
    AdvisoryLocks.open(address, concurrencyModeOf(lockMode).exclusive),

  history: (address) => withDatabase(address, 0, (session) => historyOf(session, address)),
};

/** SQLSTATE undefined_table. */
const UNDEFINED_TABLE = '42P01';

/** @throws UserError when the database has no tables of Turnstile */
const historyOf = (
  session: Parameters<typeof readHistory>[0],
  address: string,
): Promise<SalesHistory> =>
  readHistory(session).catch((error) => {
    if (error.code !== UNDEFINED_TABLE) throw error;
    throw new UserError(`${redactedAddress(address)} holds no tickets`);
  });
