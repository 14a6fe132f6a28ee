import { UserError } from '../../../user-error.js';
import type { ConcurrencyMode } from './concurrency-mode.js';
import { off } from './off.js';
import { optimistic } from './optimistic.js';
import { row } from './row.js';

/** Every lock mode of the postgres store, by the name that `LOCK_MODE` takes. */
export const concurrencyModes = { off, row, optimistic } satisfies Record<string, ConcurrencyMode>;

export type ConcurrencyModeName = keyof typeof concurrencyModes;
export const concurrencyModeNames = Object.keys(concurrencyModes) as ConcurrencyModeName[];

/** @throws UnusableError when there is no such mode */
export function concurrencyModeOf(name: string): ConcurrencyMode {
  const mode = new Map<string, ConcurrencyMode>(Object.entries(concurrencyModes)).get(name);
  if (mode === undefined) throw new UserError(`the postgres store knows no lock mode ${name}`);
  return mode;
}
