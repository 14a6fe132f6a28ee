import type { Fault } from '../booking/faults.js';
import type { EmitStep } from '../booking/sale-steps.js';
import type { SalesHistory, Store } from '../booking/store.js';
import type { ModeInfo } from '../lock/lock-mode.js';
import type { BackupEntry, BackupOptions, RestoreOptions, Snapshot } from './backup/snapshot.js';

export interface StoreOptions {
  /** Where the tickets are: a folder, or the URL of a database. */
  readonly location: string;
  /** Whether buyers are answered only after a sync. */
  readonly durable: boolean;
  /** The pause between read and write, in milliseconds. */
  readonly raceWindowMs: number;
  /** How long an overtaken batch is retried, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** When a silent lock holder counts as gone, in milliseconds. */
  readonly lockStaleMs: number;
  /** The name of the lock mode; only a store with concurrency modes of its own uses it. */
  readonly lockMode: string;
  /** The key of the order ids; by default one is generated and kept in the folder. */
  readonly orderSecret?: string;
  /**
   * Called right before a write that a lost lock would make wrong. Throws when nothing may be written.
   * Without it, the store writes in any case.
   */
  readonly beforeWrite?: () => void;
  /** Whether a lock keeps all other writers out: otherwise updates are lost, and prove no damage. */
  readonly exclusive?: boolean;
  /** Receives the steps of every sale. */
  readonly emit: EmitStep;
  /** Receives faults that no caller gets and for which the server must stop. */
  readonly onFault: (fault: Fault) => void;
}

export interface PrepareOptions {
  /** The folder whose events are put on sale, if it has any. */
  readonly seeds: string;
  /** How long to wait for a database, in milliseconds. */
  readonly waitMs: number;
  /** Whether a lock keeps all other writers out. */
  readonly exclusive?: boolean;
  /** The key of the order ids; by default one is generated and kept in the folder. */
  readonly orderSecret?: string;
}

export interface EraseOptions {
  /** Whose orders: all of a name, or one order. */
  readonly orders: { readonly customer: string } | { readonly orderId: string };
  /** Only counts them. */
  readonly dryRun: boolean;
  readonly orderSecret?: string;
  /** How long to wait for a database, in milliseconds. */
  readonly waitMs: number;
}

export interface Erased {
  /** The orders whose name is erased. */
  readonly orders: number;
  /** Orders whose name cannot be erased: it is part of what an older version hashed. */
  readonly unerasable: number;
}

/** Work that the primary runs beside the sales. */
export interface BackgroundTask {
  /** Finishes its work and stops. */
  close(): Promise<void>;
}

/**
 * One way to keep tickets: an entry of the registry. `location` is a folder or the URL of a database.
 */
export interface StoreDriver {
  /** One line for people. */
  readonly about: string;
  readonly storedIn: 'folder' | 'database';
  /** Whether a ticket may be sold twice if nothing keeps two sections apart. */
  readonly needsLock: boolean;
  /** Whether servers with different lock modes may share one folder without selling twice. */
  readonly mixesLockModes: boolean;
  /** What servers on one folder must write alike; a server of an older version is rejected. */
  readonly format?: string;
  /** The modes of a store that locks by itself. Without any, it uses the lock modes of the host. */
  readonly concurrencyModes?: Readonly<Record<string, ModeInfo>>;
  /** The default of `LOCK_MODE`. */
  readonly lockModeDefault: string;
  /** The file that the lock guards; of a database, its URL for people. */
  guardedFile(location: string): string;
  /** The file that records the sales, never removed or replaced while a server has it open. */
  recordFile(location: string): string;
  /** Creates what is missing and checks what is there. Several processes may do so at once. */
  prepare(location: string, options?: PrepareOptions): Promise<void>;
  /** Opens a prepared location for selling. */
  open(options: StoreOptions): Promise<Store>;
  /** Starts the background work of a running server, if this store has any. */
  startBackgroundTask?(
    options: Pick<StoreOptions, 'location' | 'onFault' | 'lockMode'>,
  ): Promise<BackgroundTask>;
  /**
   * Of a database: waits until it answers.
   *
   * @throws UserError when it does not in time, or has no tickets
   */
  requireTickets?(location: string, waitMs: number): Promise<void>;
  /** What was sold at a location, whether it is open or not. */
  history(location: string): Promise<SalesHistory>;
  /** Passes on everything that is at a location, as it is at one moment, while servers may sell. */
  backup<T>(
    location: string,
    options: BackupOptions,
    use: (snapshot: Snapshot) => Promise<T>,
  ): Promise<T>;
  /**
   * Restores the files of a backup, all or none, while no server can open the location.
   *
   * @throws UserError when a server has it open, or something is there and may not be replaced
   */
  restore(
    location: string,
    entries: AsyncIterable<BackupEntry>,
    options: RestoreOptions,
  ): Promise<void>;
  /**
   * Erases the customer's name from orders. Sales, chain and verdict stay as they are.
   *
   * @throws UserError when a server has the folder open
   */
  erase(location: string, options: EraseOptions): Promise<Erased>;
}

/** Whether the workers of one server may sell a ticket twice. */
export const canOversell = (
  { needsLock }: Pick<StoreDriver, 'needsLock'>,
  { scope }: Pick<ModeInfo, 'scope'>,
  workers: number,
): boolean => needsLock && (scope === 'nothing' || (scope === 'process' && workers > 1));
