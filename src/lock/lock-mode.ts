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
  /** Whether another process may take the lock over from a holder that was silent for `staleMs`. */
  readonly isLease?: boolean;
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
  /**
   * For the section, right before it writes: a lock can be lost while it is held. This narrows the gap
   * to the moment between this call and the write, and cannot close it.
   *
   * @throws LockLostError when this process may no longer hold the lock: the section must not write
   */
  assertHeld(): void;
  /**
   * What keeps this lock from being granted to anybody, for people; `undefined` if nothing does. A lock
   * that another process holds is no obstacle. Missing where there can be none.
   */
  findObstacle?(): string | undefined;
  /** Releases files and timers. */
  close(): Promise<void>;
}

export interface LockOptions {
  /** The guarded file; its folder exists. */
  readonly path: string;
  /**
   * A file of the same folder that is never removed or replaced while a process has it open. A
   * store that writes under the lock checks that, before each write.
   */
  readonly recordPath: string;
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

/** The lock was lost while it was held; the section must not write. */
export class LockLostError extends Error {
  readonly code = 'LOCK_LOST';

  constructor(reason: string) {
    super(`the lock was lost: ${reason}`);
    this.name = 'LockLostError';
  }
}

/** Milliseconds until a deadline, never negative. */
export const msUntil = (deadline: number): number => Math.max(0, deadline - performance.now());
