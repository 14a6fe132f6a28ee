import { file } from './file-lease.js';
import { kernel } from './kernel.js';
import type { LockMode } from './lock-mode.js';
import { mutex } from './mutex.js';
import { off } from './off.js';

/** Every lock mode of a host, by its `LOCK_MODE`. Settings, tests and benchmark read this list. */
export const locks = { off, mutex, file, kernel } satisfies Record<string, LockMode>;

export type LockModeName = keyof typeof locks;
export type LockRegistry = Readonly<Record<LockModeName, LockMode>>;
export const lockModeNames = Object.keys(locks) as LockModeName[];
