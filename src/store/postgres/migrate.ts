import { randomBytes } from 'node:crypto';
import type { TicketState } from '../../booking/inventory.js';
import { UserError } from '../../user-error.js';
import type { Session } from './session.js';
import { lockMigrations } from './sql/advisory.js';
import { migration1 } from './sql/migration-1.js';
import { migration2 } from './sql/migration-2.js';
import { migrationsTable } from './sql/migrations-table.js';
import { insertEvents, insertOffice, removeEverything, selectOffice } from './sql/seed.js';

/** Every migration, by its number. One that was made anywhere is never changed; another one follows. */
const migrations: readonly (readonly [number: number, text: string])[] = [
  [1, migration1],
  [2, migration2],
];

/**
 * Makes the tables that are missing, and the events if there are none. Ten primaries may do so at
 * once: one does, the others wait for it and find that all is done. It is one transaction.
 *
 * @param fresh reads the events, if they are wanted
 * @throws UnusableError when the tables are of a newer Turnstile
 */
export async function migrate(session: Session, fresh: () => Promise<TicketState>): Promise<void> {
  await inTransaction(session, async () => {
    await session.run(lockMigrations);
    await session.run(migrationsTable);
    const recentCommits = await newestOf(session);
    const known = migrations.at(-1)?.[0] ?? 0;
    if (recentCommits > known) {
      throw new UserError(
        `the database has the tables of a newer Turnstile: migration ${recentCommits}, and this one knows ${known}`,
      );
    }
    for (const [number, text] of migrations) {
      if (number <= recentCommits) continue;
      await session.run(text);
      await session.rows('insert into turnstile.migrations (number) values ($1)', [number]);
    }
    if ((await session.rows(selectOffice)).length === 0) await seed(session, await fresh());
  });
}

/** Removes every sale, and puts these events on sale. Nobody else may have the office open. */
export async function reset(session: Session, fresh: TicketState): Promise<void> {
  await inTransaction(session, async () => {
    await session.run(removeEverything);
    await seed(session, fresh);
  });
}

async function inTransaction(session: Session, work: () => Promise<void>): Promise<void> {
  await session.run('begin');
  try {
    await work();
  } catch (error) {
    await session.run('rollback').catch(() => {}); // it is undone without it, when the connection ends
    throw error;
  }
  await session.commit();
}

async function newestOf(session: Session): Promise<number> {
  const [row] = await session.rows<{ recentCommits: number }>(
    'select coalesce(max(number), 0) as newest from turnstile.migrations',
  );
  return row?.recentCommits ?? 0;
}

async function seed(session: Session, { events }: TicketState): Promise<void> {
  const office = randomBytes(12).toString('base64url');
  await session.rows(insertOffice, [office]);
  const rows = Object.entries(events).map(([id, { price, remaining: _, ...event }], index) => ({
    id,
    number: index + 1,
    ...event,
    ...price,
  }));
  await session.rows(insertEvents, [JSON.stringify(rows), office]);
}
