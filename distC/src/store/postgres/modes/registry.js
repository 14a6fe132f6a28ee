import { UnusableError } from '../../../unusable.js';
import { off } from './off.js';
import { optimistic } from './optimistic.js';
import { row } from './row.js';
/** Every lock mode of the postgres store, by the name that `LOCK_MODE` takes. */
export const databaseModes = { off, row, optimistic };
export const databaseModeNames = Object.keys(databaseModes);
/** @throws UnusableError when there is no such mode */
export function databaseModeOf(name) {
    const mode = new Map(Object.entries(databaseModes)).get(name);
    if (mode === undefined)
        throw new UnusableError(`the postgres store knows no lock mode ${name}`);
    return mode;
}
