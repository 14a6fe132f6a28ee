import type { Fault } from '../booking/faults.js';
import type { SalesHistory } from '../booking/history.js';
import type { Store } from '../booking/store.js';
import type { LockMode } from '../lock/lock-mode.js';
import type { LockRegistry } from '../lock/registry.js';

export interface StoreOptions {
  /** Where the tickets are kept: a folder, or the address of a database. */
  readonly folder: string;
  /** Whether buyers are answered only after a sync. */
  readonly durable: boolean;
  /** Pause between read and write, in milliseconds. */
  readonly raceWindowMs: number;
  /** How long a batch goes on trying that others overtake, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** When a holder of a lock that falls silent counts as gone, in milliseconds. */
  readonly lockStaleMs: number;
  /** The name of the lock mode. Only a store that does the locking itself looks at it. */
  readonly lockMode: string;
  /** The key of the order ids; else one that is made and kept in the folder. */
  readonly orderSecret?: string;
  /** Told of a fault that no caller is told of, and that the office must stop for. */
  readonly onFault: (fault: Fault) => void;
}

/** What a store is prepared with. */
export interface PrepareOptions {
  /** The folder whose events are put on sale, if it has any. */
  readonly seeds: string;
  /** How long a database is waited for, in milliseconds. */
  readonly waitMs: number;
}

/** Work that goes on beside the selling, in the primary. */
export interface BackgroundTask {
  /** Does it once more, and ends. */
  close(): Promise<void>;
}

/**
 * One way to keep tickets: what the registry holds. All take the place where the office keeps them,
 * a folder or the address of a database.
 */
export interface StoreDriver {
  /** One line for people. */
  readonly about: string;
  readonly storedIn: 'folder' | 'database';
  /** Whether a ticket may be sold twice where nothing keeps two sections apart. */
  readonly needsLock: boolean;
  /** Whether offices on one folder may have different lock modes, and still sell nothing twice. */
  readonly mixesLockModes: boolean;
  /** The lock modes that fit it, by name: those of the host that it is given, or its own. */
  lockModes(ofHost: LockRegistry): Readonly<Record<string, LockMode>>;
  /** The lock mode that it has unless `LOCK_MODE` says another. */
  readonly lockModeDefault: string;
  /** The file that the lock guards; of a database, its address for people. */
  guardedFile(folder: string): string;
  /** Makes what is missing and checks what is there. Several processes may do so at once. */
  prepare(folder: string, options?: PrepareOptions): Promise<void>;
  /** Opens a prepared folder for selling. */
  open(options: StoreOptions): Promise<Store>;
  /** Keeps the folder in order while workers sell. */
  keep(
    options: Pick<StoreOptions, 'folder' | 'onFault'> & Partial<Pick<StoreOptions, 'lockMode'>>,
  ): Promise<BackgroundTask>;
  /** What was sold in a folder, open or not. */
  history(folder: string): Promise<SalesHistory>;
}

/** Whether so many workers of one office may sell a ticket twice. */
export const canOversell = (
  { needsLock }: Pick<StoreDriver, 'needsLock'>,
  { scope }: Pick<LockMode, 'scope'>,
  workers: number,
): boolean => needsLock && (scope === 'nothing' || (scope === 'process' && workers > 1));
