import { UserError } from '../../../user-error.js';
import type { ConcurrencyMode } from './concurrency-mode.js';
import { off } from './off.js';
import { optimistic } from './optimistic.js';
import { row } from './row.js';

/** Every concurrency mode of the postgres store, by its `LOCK_MODE`. */
export const concurrencyModes = { off, row, optimistic } satisfies Record<string, ConcurrencyMode>;

export type ConcurrencyModeName = keyof typeof concurrencyModes;
export const concurrencyModeNames = Object.keys(concurrencyModes) as ConcurrencyModeName[];

/** @throws UserError when there is no such mode */
export function concurrencyModeOf(name: string): ConcurrencyMode {
  const mode = new Map<string, ConcurrencyMode>(Object.entries(concurrencyModes)).get(name);
  if (mode === undefined) throw new UserError(`the postgres store has no lock mode ${name}`);
  return mode;
}
