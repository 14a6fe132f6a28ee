import { randomBytes } from 'node:crypto';
import { DatabaseError } from 'pg';
import { UserError } from '../../user-error.js';
import { redactedAddress } from './address.js';
import { withDatabase } from './connect.js';
import type { Session } from './session.js';

/** `turnstile_lab_`, the time of creation in seconds since 1970, and randomness. */
const NAME_PATTERN = /^turnstile_lab_(\d+)_[0-9a-f]{12}$/;

/** A database of this age without connections is abandoned: it is used seconds after its creation. */
const ABANDONED_S = 3600;

/** The longest time for a statement: PostgreSQL copies a few megabytes. */
const STATEMENT_MS = 20_000;

/** How long to wait for a server that does not answer a drop. */
const DROP_WAIT_MS = 10_000;

/** SQLSTATE insufficient_privilege. */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Creates an empty database with a random name, and drops abandoned ones.
 *
 * @param server the URL of any database of the server; nothing in it is touched
 * @returns the URL of the new database
 * @throws UserError when the role may not create one, NoDatabaseError when no server answers
 */
export function createTemporary(server: string): Promise<string> {
  return withDatabase(server, 0, async (session) => {
    await session.run(`set statement_timeout = ${STATEMENT_MS}`);
    await dropAbandoned(session);
    const name = `turnstile_lab_${nowS()}_${randomBytes(6).toString('hex')}`;
    // template1 cannot be copied while anything is connected to it; nothing connects to template0.
    await session.run(`create database ${name} template template0`).catch((error) => {
      if (!(error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE)) throw error;
      throw new UserError(
        `the role of ${redactedAddress(server)} may not create a database, which a sandbox needs: ALTER ROLE … CREATEDB, or set another DATABASE_URL`,
      );
    });
    const address = new URL(server);
    address.pathname = `/${name}`;
    return address.href;
  });
}

/** Drops a database that `createTemporary` made, and disconnects its clients. */
export function dropTemporary(server: string, address: string): Promise<void> {
  const name = new URL(address).pathname.slice(1);
  if (!NAME_PATTERN.test(name)) throw new Error(`${name} is no database of the lab`);
  return withDatabase(server, DROP_WAIT_MS, async (session) => {
    await session.run(`set statement_timeout = ${STATEMENT_MS}`);
    await session.run(`drop database if exists ${name} with (force)`);
  });
}

/** Drops the databases of labs that were killed together with the process that would have dropped them. */
async function dropAbandoned(session: Session): Promise<void> {
  const databases = await session.rows<{ name: string }>('select datname as name from pg_database');
  for (const { name } of databases) {
    const createdS = NAME_PATTERN.exec(name)?.[1];
    if (createdS === undefined || Number(createdS) > nowS() - ABANDONED_S) continue;
    await session.run(`drop database if exists ${name}`).catch(() => {}); // it is still in use
  }
}

const nowS = (): number => Math.floor(Date.now() / 1000);
