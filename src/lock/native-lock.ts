import { createRequire } from 'node:module';

/** What we use of fs-native-extensions, which ships no types. Open-file-description locks on Linux. */
interface NativeLocks {
  /** Whether the lock was granted; `shared` ones exclude only exclusive ones. */
  tryLock(fd: number, options?: { shared?: boolean }): boolean;
  /** Resolves when granted. It blocks a libuv thread, and cannot be cancelled. */
  waitForLock(fd: number): Promise<void>;
  unlock(fd: number): void;
  /** Makes an exclusive lock a shared one, with no moment without a lock in between on Linux. */
  tryDowngradeLock(fd: number): boolean;
}

export const { tryLock, waitForLock, unlock, tryDowngradeLock } = createRequire(import.meta.url)(
  'fs-native-extensions',
) as NativeLocks;
