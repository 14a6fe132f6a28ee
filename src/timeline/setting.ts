import { z } from 'zod';
import { allLockModeNames, storeNames } from '../settings.js';

/** A value that was parsed from JSON and is not changed. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

export const storeShape = z.enum(storeNames);
export const lockModeShape = z.enum(allLockModeNames);

/** The stores that an experiment can run on. */
export type LabStore = z.infer<typeof storeShape>;
export type LabLockMode = z.infer<typeof lockModeShape>;

/** What an experiment accepts. Within these bounds it ends in seconds, on any machine. */
export const settingBounds = {
  batchMax: { min: 1, max: 4096 },
  buyers: { min: 1, max: 5000 },
  quantity: { min: 1, max: 10 },
  capacity: { min: 1, max: 1_000_000 },
  workers: { min: 1, max: 16 },
  windowMs: { min: 0, max: 1000 },
} as const;

const amount = (name: keyof typeof settingBounds, description: string) =>
  z.int().min(settingBounds[name].min).max(settingBounds[name].max).meta({ description });

export const settingShape = z.object({
  store: storeShape,
  lockMode: lockModeShape,
  batchMax: amount(
    'batchMax',
    'Most buys per batch; with lock mode off the json store sells one by one',
  ),
  buyers: amount('buyers', 'Buyers, all at once, each with a connection of its own'),
  quantity: amount('quantity', 'Tickets that each buyer wants'),
  capacity: amount('capacity', 'Tickets for sale'),
  workers: amount('workers', 'Processes that sell'),
  windowMs: amount('windowMs', 'Pause between read and write, in each critical section'),
});

/** What can be set. `LabCatalogue.defaults` has the value of what is left out. */
export type Setting = Immutable<z.infer<typeof settingShape>>;
