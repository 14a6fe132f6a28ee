import { join } from 'node:path';
import type { SalesHistory } from '../../booking/history.js';
import { UserError } from '../../user-error.js';
import type { BackgroundTask, PrepareOptions, StoreOptions } from '../driver.js';
import { loadSeed } from '../shared/seed.js';
import { redactedAddress } from './address.js';
import { AdvisoryLocks, withExclusiveLock } from './advisory-locks.js';
import { withDatabase } from './connect.js';
import { readHistory } from './history.js';
import { migrate, reset } from './migrate.js';
import { concurrencyModeOf } from './modes/registry.js';
import { SessionPool } from './session.js';
import { PostgresStore } from './store.js';

/** Connections of one worker that sell: one for each turn, and a second while a first is given up. */
const SELLING_MAX = 2;
/** Without a lock many turns are under way at once, and each is a connection for its moments. */
const RACING_MAX = 8;
/** Connections of one worker that only look. */
const LOOKING_MAX = 2;

/** How much longer a statement may take than a wait for a lock. */
const STATEMENT_MS = 1_000;

/** Tables and events, as a start wants them. */
export async function prepare(address: string, { seeds, waitMs }: PrepareOptions): Promise<void> {
  await withDatabase(address, waitMs, (session) => migrate(session, () => fresh(seeds)));
}

/** A store for one worker. It connects when it is asked, so that it may open before its database. */
export function open(options: StoreOptions): PostgresStore {
  const { folder: address, durable, raceWindowMs, lockTimeoutMs, lockStaleMs, lockMode } = options;
  const mode = concurrencyModeOf(lockMode);
  const sessions = (max: number) =>
    new SessionPool({
      address,
      max,
      durable,
      lockTimeoutMs,
      idleInTransactionMs: lockStaleMs + raceWindowMs,
      statementMs: lockTimeoutMs + STATEMENT_MS,
    });
  return new PostgresStore({
    mode,
    selling: sessions(mode.exclusive ? SELLING_MAX : RACING_MAX),
    looking: sessions(LOOKING_MAX),
    raceWindowMs,
    lockTimeoutMs,
  });
}

/** What a primary does meanwhile: it says that the office is open. */
export function keep(address: string, lockMode: string): Promise<BackgroundTask> {
  return AdvisoryLocks.open(address, concurrencyModeOf(lockMode).exclusive);
}

/**
 * What was sold, counted over a connection of its own.
 *
 * @throws UnusableError when nobody has ever sold from this database
 */
export function history(address: string): Promise<SalesHistory> {
  return withDatabase(address, 0, (session) =>
    readHistory(session).catch((error) => {
      if (error.code !== NO_TABLE) throw error;
      throw new UserError(`${redactedAddress(address)} holds no tickets`);
    }),
  );
}

/** SQLSTATE undefined_table. */
const NO_TABLE = '42P01';

/**
 * Puts every ticket back on sale.
 *
 * @param confirm is asked while nobody else can open the office
 * @throws UnusableError when an office sells from the database
 */
export function putBack(
  address: string,
  { seeds, waitMs }: PrepareOptions,
  confirm: (history: SalesHistory) => Promise<void>,
): Promise<void> {
  return withExclusiveLock(address, waitMs, async (session) => {
    await migrate(session, () => fresh(seeds));
    await confirm(await readHistory(session));
    await reset(session, await fresh(seeds));
  });
}

const fresh = (seeds: string) => loadSeed(seeds, join(seeds, 'tickets.json'));
