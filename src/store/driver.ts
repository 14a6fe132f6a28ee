import type { Fault } from '../booking/faults.js';
import type { EmitStep } from '../booking/sale-steps.js';
import type { SalesHistory, Store } from '../booking/store.js';
import type { ModeInfo } from '../lock/lock-mode.js';

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
  /** The modes of a store that locks by itself. Without any, it uses the lock modes of the host. */
  readonly concurrencyModes?: Readonly<Record<string, ModeInfo>>;
  /** The default of `LOCK_MODE`. */
  readonly lockModeDefault: string;
  /** The file that the lock guards; of a database, its URL for people. */
  guardedFile(location: string): string;
  /** Creates what is missing and checks what is there. Several processes may do so at once. */
  prepare(location: string, options?: PrepareOptions): Promise<void>;
  /** Opens a prepared location for selling. */
  open(options: StoreOptions): Promise<Store>;
  /** Starts the background work of a running server, if this store has any. */
  startBackgroundTask?(
    options: Pick<StoreOptions, 'location' | 'onFault' | 'lockMode'>,
  ): Promise<BackgroundTask>;
  /** What was sold at a location, whether it is open or not. */
  history(location: string): Promise<SalesHistory>;
}

/** Whether the workers of one server may sell a ticket twice. */
export const canOversell = (
  { needsLock }: Pick<StoreDriver, 'needsLock'>,
  { scope }: Pick<ModeInfo, 'scope'>,
  workers: number,
): boolean => needsLock && (scope === 'nothing' || (scope === 'process' && workers > 1));
