/**
 * Advisory locks of one database, by two numbers: ours ("turn" in ASCII) and which of ours. They
 * belong to a connection, and are gone with it.
 */
const OURS = 0x7475726e;

/** Held while migrations are made: ten primaries may start at once. */
export const lockMigrations = `select pg_advisory_xact_lock(${OURS}, 1)`;

/** Held, shared, by every primary for as long as it lives. */
export const acquireShared = `select pg_try_advisory_lock_shared(${OURS}, 2) as granted`;

/** Held by whoever puts the tickets back on sale. */
export const acquireExclusive = `select pg_try_advisory_lock(${OURS}, 2) as granted`;

/** Held, shared, by every primary whose lock mode keeps others out; or by every one whose does not. */
export const announceMode = `select pg_advisory_lock_shared(${OURS}, case when $1 then 3 else 4 end)`;

/** Whether a primary of the other kind is there. */
export const conflictingMode = `
select exists (
  select from pg_locks
  where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())
    and classid = ${OURS} and objid = case when $1 then 4 else 3 end
) as there
`;
