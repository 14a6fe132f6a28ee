import { UnusableError } from '../../../unusable.js';
import type { DatabaseMode } from './mode.js';
import { off } from './off.js';
import { optimistic } from './optimistic.js';
import { row } from './row.js';

/** Every lock mode of the postgres store, by the name that `LOCK_MODE` takes. */
export const databaseModes = { off, row, optimistic } satisfies Record<string, DatabaseMode>;

export type DatabaseModeName = keyof typeof databaseModes;
export const databaseModeNames = Object.keys(databaseModes) as DatabaseModeName[];

/** @throws UnusableError when there is no such mode */
export function databaseModeOf(name: string): DatabaseMode {
  const mode = new Map<string, DatabaseMode>(Object.entries(databaseModes)).get(name);
  if (mode === undefined) throw new UnusableError(`the postgres store knows no lock mode ${name}`);
  return mode;
}
