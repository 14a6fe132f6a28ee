import type { Fault } from '../booking/faults.js';
import type { SalesHistory } from '../booking/history.js';
import type { Store } from '../booking/store.js';

export interface StoreOptions {
  readonly folder: string;
  /** Whether buyers are answered only after a sync. */
  readonly durable: boolean;
  /** Pause between read and write, in milliseconds. */
  readonly raceWindowMs: number;
  /** How long a batch goes on trying that others overtake, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** The key of the order ids; else one that is made and kept in the folder. */
  readonly orderSecret?: string;
  /** Told of a fault that no caller is told of, and that the office must stop for. */
  readonly onFault: (fault: Fault) => void;
}

/** Work that goes on beside the selling, in the primary. */
export interface Keeper {
  /** Does it once more, and ends. */
  close(): Promise<void>;
}

/** One way to keep tickets: what the registry holds. All take the folder of the office. */
export interface StoreKind {
  /** One line for people. */
  readonly about: string;
  /**
   * Whether a batch may be gathered although no lock is taken. A store that the race is shown with
   * says no: a crowd sold in one turn would quietly be a mutex.
   */
  readonly gathersWithoutLock: boolean;
  /** Whether offices on one folder may have different lock modes, and still sell nothing twice. */
  readonly mixesLockModes: boolean;
  /** The file that the lock guards. */
  guardedFile(folder: string): string;
  /** Makes what is missing and checks what is there. Several processes may do so at once. */
  prepare(folder: string): Promise<void>;
  /** Opens a prepared folder for selling. */
  open(options: StoreOptions): Promise<Store>;
  /** Keeps the folder in order while workers sell. */
  keep(options: Pick<StoreOptions, 'folder' | 'onFault'>): Promise<Keeper>;
  /** What was sold in a folder, open or not. */
  history(folder: string): Promise<SalesHistory>;
}
