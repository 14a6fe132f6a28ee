import type { SalesHistory } from '../booking/history.js';
import type { Store } from '../booking/store.js';

export interface StoreOptions {
  readonly folder: string;
  /** Whether buyers are answered only after a sync. */
  readonly durable: boolean;
  /** Pause between read and write, in milliseconds. */
  readonly raceWindowMs: number;
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
  /** The file that the lock guards. */
  guardedFile(folder: string): string;
  /** Makes what is missing and checks what is there. Several processes may do so at once. */
  prepare(folder: string): Promise<void>;
  /** Opens a prepared folder for selling. */
  open(options: StoreOptions): Promise<Store>;
  /** What was sold in a folder, open or not. */
  history(folder: string): Promise<SalesHistory>;
  /** Puts every ticket back on sale. Nobody else may have the folder open. */
  reset(folder: string): Promise<void>;
}
