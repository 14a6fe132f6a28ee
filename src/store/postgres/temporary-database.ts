import { randomBytes } from 'node:crypto';
import { DatabaseError } from 'pg';
import { UserError } from '../../user-error.js';
import { redactedAddress } from './address.js';
import { withDatabase } from './connect.js';
import type { Session } from './session.js';
import {
  createDatabase,
  dropDatabase,
  dropUnusedDatabase,
  selectDatabases,
} from './sql/temporary-database.js';

/** `turnstile_lab_`, when it was made in seconds since 1970, and chance. */
const PATTERN = /^turnstile_lab_(\d+)_[0-9a-f]{12}$/;

/** When one that nobody is connected to is nobody's. Between its making and its office are seconds. */
const ABANDONED_S = 3600;

/** Longest time for a statement: PostgreSQL copies a few megabytes. */
const STATEMENT_MS = 20_000;

/** How long a server is waited for that does not answer when its database is to be dropped. */
const DROP_WAIT_MS = 10_000;

/** SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = '42501';

/**
 * Makes an empty database of a random name, and drops those that were abandoned.
 *
 * @param server the address of any database of its server; nothing in there is touched
 * @returns its address
 * @throws UnusableError when the role may not make one, NoDatabaseError when no server answers
 */
export function createTemporary(server: string): Promise<string> {
  return withDatabase(server, 0, async (session) => {
    await session.run(`set statement_timeout = ${STATEMENT_MS}`);
    await sweep(session);
    const name = `turnstile_lab_${nowS()}_${randomBytes(6).toString('hex')}`;
    await session.run(createDatabase(name)).catch((error) => {
      if (!(error instanceof DatabaseError && error.code === NOT_ALLOWED)) throw error;
      throw new UserError(
        `the role of ${redactedAddress(server)} may not make a database, and a sandbox is one: ALTER ROLE … CREATEDB, or give another DATABASE_URL`,
      );
    });
    const address = new URL(server);
    address.pathname = `/${name}`;
    return address.href;
  });
}

/** Drops a database that was made here, whoever is connected to it. */
export function dropTemporary(server: string, address: string): Promise<void> {
  const name = new URL(address).pathname.slice(1);
  if (!PATTERN.test(name)) throw new Error(`${name} is no database of the lab`);
  return withDatabase(server, DROP_WAIT_MS, async (session) => {
    await session.run(`set statement_timeout = ${STATEMENT_MS}`);
    await session.run(dropDatabase(name));
  });
}

/** Drops those that a lab left behind which was killed together with all that would have dropped them. */
async function sweep(session: Session): Promise<void> {
  for (const { name } of await session.rows<{ name: string }>(selectDatabases)) {
    const made = PATTERN.exec(name)?.[1];
    if (made === undefined || Number(made) > nowS() - ABANDONED_S) continue;
    await session.run(dropUnusedDatabase(name)).catch(() => {}); // somebody's, or in use
  }
}

const nowS = (): number => Math.floor(Date.now() / 1000);
