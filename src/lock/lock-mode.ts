/**
 * Over what a lock mode excludes: two sections that share this never run at once. (`rows`: those of
 * one database, on whichever machine; only batches that want the same rows exclude each other.)
 */
export type Scope = 'nothing' | 'process' | 'host' | 'rows';

export interface Lock {
  /**
   * Runs `section` alone and answers what it answers. The lock is free again when the promise
   * settles, also when the section throws.
   *
   * @param deadline when to give up waiting, in milliseconds of `performance.now()`
   * @throws LockTimeoutError when the lock was not granted by then; the section never began
   */
  run<T>(section: () => Promise<T>, deadline: number): Promise<T>;
  /** Lets go of files and timers. */
  close(): Promise<void>;
}

export interface LockOptions {
  /** The file that is guarded; its folder exists. */
  readonly path: string;
  /** When a lease counts as abandoned, in milliseconds. Only leases look at it. */
  readonly staleMs: number;
  /** Told when something is wrong that no caller can be told of, such as a lease that was lost. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** One way to lock: what the registry holds. */
export interface LockMode {
  readonly scope: Scope;
  /** One line for people. */
  readonly about: string;
  open(options: LockOptions): Promise<Lock>;
}

/** The lock was not granted in time. */
export class LockTimeoutError extends Error {
  readonly code = 'LOCK_TIMEOUT';

  constructor() {
    super('the lock was not granted in time');
    this.name = 'LockTimeoutError';
  }
}

/** Milliseconds until a deadline, never negative. */
export const msUntil = (deadline: number): number => Math.max(0, deadline - performance.now());
