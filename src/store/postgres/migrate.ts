import { randomBytes } from 'node:crypto';
import type { TicketState } from '../../booking/inventory.js';
import { UserError } from '../../user-error.js';
import type { Session } from './session.js';
import { lockMigrations } from './sql/advisory.js';
import {
  continueEventNumbers,
  insertEvents,
  insertOffice,
  migrations,
  migrationsTable,
  selectOffice,
  truncateAll,
} from './sql/migrations.js';

/**
 * Creates the missing tables, and the events if there are none, in one transaction. Ten primaries may
 * do so at once: one does, and the others wait and find everything done.
 *
 * @param loadEvents loads the events if they are needed
 * @throws UserError when the tables belong to a newer Turnstile
 */
export async function migrate(
  session: Session,
  loadEvents: () => Promise<TicketState>,
): Promise<void> {
  await inTransaction(session, async () => {
    await session.run(lockMigrations);
    await session.run(migrationsTable);
    const newest = await newestMigration(session);
    const known = migrations.at(-1)?.[0] ?? 0;
    if (newest > known) {
      throw new UserError(
        `the database has the tables of a newer Turnstile: migration ${newest}, and this one knows ${known}`,
      );
    }
    for (const [number, text] of migrations) {
      if (number <= newest) continue;
      await session.run(text);
      await session.rows('insert into turnstile.migrations (number) values ($1)', [number]);
    }
    const isEmpty = (await session.rows(selectOffice)).length === 0;
    if (isEmpty) await insertSeed(session, await loadEvents());
  });
}

/** Removes every sale, and puts these events on sale. No server may be running. */
export async function replaceEverything(session: Session, seed: TicketState): Promise<void> {
  await inTransaction(session, async () => {
    await session.run(truncateAll);
    await insertSeed(session, seed);
  });
}

/** Runs a piece of work in a transaction, and rolls it back after an error. */
export async function inTransaction(session: Session, work: () => Promise<void>): Promise<void> {
  await session.run('begin');
  try {
    await work();
  } catch (error) {
    await session.run('rollback').catch(() => {}); // the end of the connection rolls back, too
    throw error;
  }
  await session.commit();
}

async function newestMigration(session: Session): Promise<number> {
  const [row] = await session.rows<{ newest: number }>(
    'select coalesce(max(number), 0) as newest from turnstile.migrations',
  );
  return row?.newest ?? 0;
}

async function insertSeed(session: Session, { events }: TicketState): Promise<void> {
  const office = randomBytes(12).toString('base64url');
  await session.rows(insertOffice, [office]);
  const rows = Object.entries(events).map(([id, { price, remaining: _, ...event }], index) => ({
    id,
    number: index + 1,
    ...event,
    ...price,
  }));
  await session.rows(insertEvents, [JSON.stringify(rows), office]);
  await session.run(continueEventNumbers);
}
