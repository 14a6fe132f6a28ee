/**
 * What a lock mode keeps apart: two sections in the same scope never run at once. (`rows`: batches
 * of one database that need the same rows, on any machine.)
 */
export type Scope = 'nothing' | 'process' | 'host' | 'rows';

/** What settings, docs and the benchmark need to know of a mode: a host's lock or a database's. */
export interface ModeInfo {
  readonly scope: Scope;
  /** One line for people. */
  readonly about: string;
}

/** A lock across the processes of one host. */
export interface LockMode extends ModeInfo {
  open(options: LockOptions): Promise<Lock>;
}

export interface Lock {
  /**
   * Runs `section` under the lock and returns its result. The lock is released when the promise
   * settles, also when the section throws.
   *
   * @param deadline when to stop waiting, in milliseconds of `performance.now()`
   * @throws LockTimeoutError when the lock was not granted by then; the section never began
   */
  run<T>(section: () => Promise<T>, deadline: number): Promise<T>;
  /** Releases files and timers. */
  close(): Promise<void>;
}

export interface LockOptions {
  /** The guarded file; its folder exists. */
  readonly path: string;
  /** When a lease counts as stale, in milliseconds. Only leases use it. */
  readonly staleMs: number;
  /** Receives problems that no caller can be given, such as a compromised lease. */
  readonly onWarning: (message: string, cause: unknown) => void;
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
