import { createRequire } from 'node:module';

/** The part of fs-native-extensions that we use; it ships no types. On Linux: open-file-description locks. */
interface NativeLocks {
  /** Returns whether the lock was granted; a `shared` lock excludes only exclusive ones. */
  tryLock(fd: number, options?: { shared?: boolean }): boolean;
  tryLock(fd: number, ...range: ByteRange): boolean;
  /** Resolves when the lock is granted. It blocks a libuv thread and cannot be cancelled. */
  waitForLock(fd: number, ...range: ByteRange): Promise<void>;
  unlock(fd: number, ...range: ByteRange): void;
  /** Turns an exclusive lock into a shared one; on Linux without a moment in between. */
  tryDowngradeLock(fd: number): boolean;
}

/** An offset and a length; the whole file without them. */
export type ByteRange = readonly [offset: number, length: number] | readonly [];

export const { tryLock, waitForLock, unlock, tryDowngradeLock } = createRequire(import.meta.url)(
  'fs-native-extensions',
) as NativeLocks;
