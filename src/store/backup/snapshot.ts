import type { SalesHistory } from '../../booking/store.js';
import type { TarEntry } from './tar.js';

/** A file of a backup. */
export interface BackupEntry extends TarEntry {
  /** Its bytes, to be read once, before the next entry. */
  readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Everything that a store holds, as it was at one moment. */
export interface Snapshot {
  readonly history: SalesHistory;
  readonly entries: AsyncIterable<BackupEntry> | Iterable<BackupEntry>;
}

/** How a backup waits for a lock or a database that is in use. */
export interface BackupOptions {
  readonly lockTimeoutMs: number;
  /** When a lease counts as stale, unless the server that has the folder open says so itself. */
  readonly lockStaleMs: number;
  /** How long to wait for a database, in milliseconds. */
  readonly waitMs: number;
  /** The key of the order ids, if it is a setting: then it is not part of the backup. */
  readonly orderSecret?: string;
}

export interface RestoreOptions {
  /** Whether to delete what is there. */
  readonly replace: boolean;
  /** The folder whose events a new database gets before it is restored. */
  readonly seeds: string;
  /** The key of the order ids, if it is a setting. */
  readonly orderSecret?: string;
  /** How long to wait for a database, in milliseconds. */
  readonly waitMs: number;
  /** Judges what was restored, before it is put in place. @throws UserError to leave everything as it was */
  readonly approve: (history: SalesHistory) => void;
}

/** A small file of a backup, from memory. */
export function entryOf(name: string, content: Buffer | string): BackupEntry {
  const bytes = Buffer.from(content as string);
  return { name, bytes: bytes.length, chunks: [bytes] };
}
