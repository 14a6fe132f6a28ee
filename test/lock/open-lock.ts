import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Lock } from '../../src/lock/lock-mode.js';
import { type LockModeName, locks } from '../../src/lock/registry.js';
import { testFolder } from '../support/folder.js';
import { PATIENCE_MS } from '../support/processes.js';

export const STALE_MS = 2000;

/** A deadline, by default too far away to matter. */
export const deadlineIn = (ms = PATIENCE_MS): number => performance.now() + ms;

/** A section that must not run. */
export const neverRuns = () => Promise.reject(new Error('this section must not run'));

/** The path of a file to guard, in a folder of its own. */
export const newPath = (): string => join(testFolder(), 'tickets.json');

/** The file that a kernel lock is on. */
export const recordPathOf = (path: string): string => join(dirname(path), 'receipts.jsonl');

/** Opens a lock that is closed when the test ends. */
export async function openLock(
  mode: LockModeName,
  path = newPath(),
  staleMs = STALE_MS,
): Promise<Lock> {
  const recordPath = recordPathOf(path);
  const lock = await locks[mode].open({ path, recordPath, staleMs, onWarning: () => {} });
  onTestFinished(() => lock.close());
  return lock;
}
