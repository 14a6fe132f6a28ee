import { UserError } from '../../user-error.js';
import { contentOf } from '../backup/backup-file.js';
import {
  type BackupEntry,
  type BackupOptions,
  entryOf,
  type RestoreOptions,
  type Snapshot,
} from '../backup/snapshot.js';
import { redactedAddress } from './address.js';
import { withExclusiveLock } from './advisory-locks.js';
import { withDatabase } from './connect.js';
import { readHistory } from './history.js';
import { inTransaction, migrate } from './migrate.js';
import { readSeed } from './reset.js';
import type { Session } from './session.js';
import { acquireShared } from './sql/advisory.js';
import { backupTables, completeInventory, continueNumbers, selectHasSales } from './sql/backup.js';
import { continueEventNumbers, truncateAll } from './sql/migrations.js';

/** Rows of one file of a backup, at most: some megabytes. */
const ROWS_MAX = 5_000;

/** Passes on every table as it is at one moment: a transaction that sees one snapshot. */
export function withSnapshot<T>(
  address: string,
  { waitMs }: BackupOptions,
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return withDatabase(address, waitMs, async (session) => {
    // A reset truncates its tables, which a snapshot does not survive.
    const [lock] = await session.rows<{ granted: boolean }>(acquireShared);
    if (!lock?.granted) {
      throw new UserError(
        `${redactedAddress(address)} is being reset or restored: try again after that`,
      );
    }
    await session.run('begin isolation level repeatable read read only');
    return use({ history: await readHistory(session), entries: readTables(session) });
  });
}

async function* readTables(session: Session): AsyncGenerator<BackupEntry> {
  for (const { name, select } of backupTables) {
    await session.run(`declare backup_${name} cursor for ${select}`);
    for (let part = 1; ; part++) {
      const rows = await session.rows<{ line: string }>(`fetch ${ROWS_MAX} from backup_${name}`);
      if (rows.length === 0) break;
      const file = `${name}.${String(part).padStart(6, '0')}.jsonl`;
      yield entryOf(file, rows.map(({ line }) => `${line}\n`).join(''));
    }
    await session.run(`close backup_${name}`);
  }
}

/** Restores every table in one transaction, while no server sells from the database. */
export function restore(
  address: string,
  entries: AsyncIterable<BackupEntry>,
  { replace, seeds, waitMs, approve }: RestoreOptions,
): Promise<void> {
  return withExclusiveLock(address, waitMs, async (session) => {
    await migrate(session, () => readSeed(seeds));
    const [found] = await session.rows<{ sold: boolean }>(selectHasSales);
    if (found?.sold === true && !replace) {
      throw new UserError(
        `${redactedAddress(address)} has sales: choose another database, or delete them with --replace`,
      );
    }
    await inTransaction(session, async () => {
      await session.run(truncateAll);
      for await (const entry of entries) await insertRows(session, entry);
      await session.run(completeInventory);
      await session.run(continueNumbers);
      await session.run(continueEventNumbers);
      approve(await readHistory(session));
    });
  });
}

async function insertRows(session: Session, entry: BackupEntry): Promise<void> {
  const table = backupTables.find(({ name }) => name === entry.name.split('.')[0]);
  if (table === undefined) throw new UserError(`the backup has an unknown table: ${entry.name}`);
  const lines = (await contentOf(entry)).toString('utf8').split('\n').slice(0, -1);
  await session.rows(table.insert, [`[${lines.join(',')}]`]);
}
