/**
 * Advisory locks, identified by two numbers: this application's ("turn" in ASCII), and which of its
 * locks. They belong to a connection and are released with it.
 */
const APPLICATION = 0x7475726e;

/** Held while migrations are made: ten primaries may start at once. */
export const lockMigrations = `select pg_advisory_xact_lock(${APPLICATION}, 1)`;

/** Held, shared, by every primary for as long as it runs. */
export const acquireShared = `select pg_try_advisory_lock_shared(${APPLICATION}, 2) as granted`;

/** Held by a reset. */
export const acquireExclusive = `select pg_try_advisory_lock(${APPLICATION}, 2) as granted`;

/** Held, shared, by every primary: one lock for exclusive modes, another for the mode that races. */
export const announceMode = `select pg_advisory_lock_shared(${APPLICATION}, case when $1 then 3 else 4 end)`;

/** Whether a primary with the other kind of mode is running. */
export const conflictingMode = `
select exists (
  select from pg_locks
  where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())
    and classid = ${APPLICATION} and objid = case when $1 then 4 else 3 end
) as exists
`;

/** Held by the process that follows the commits for the outbox. */
export const acquireOutbox = `select pg_try_advisory_lock(${APPLICATION}, 5) as granted`;
export const releaseOutbox = `select pg_advisory_unlock(${APPLICATION}, 5)`;
