import type { Rung } from '../timeline/lab-catalogue.js';
import type { LabLockMode, LabStore } from '../timeline/setting.js';
import { defaults, isUnguarded } from './experiment-setting.js';

/** All rungs. One thing changes from each to the next; the last one needs a database server. */
export const ladder: readonly Rung[] = (
  [
    [
      'json',
      'off',
      'no lock',
      'the race: two processes read the same number, and both sell that ticket',
    ],
    [
      'json',
      'mutex',
      'a mutex in each process',
      'memory is not shared: each process excludes only itself',
      1, // a server that can oversell sells one buy per batch
    ],
    [
      'json',
      'file',
      'a lock file, one buy per batch',
      'one lock acquisition per buy: correct, and very slow',
      1,
    ],
    [
      'json',
      'file',
      'a lock file, batches',
      'one lock acquisition for everyone waiting: correct, and fast',
    ],
    ['json', 'kernel', 'a kernel lock', 'released the moment its holder dies, never stolen'],
    ['ledger', 'file', 'the ledger', 'correct even when the lock is stolen'],
    ['ledger', 'off', 'the ledger, no lock', 'commit, and see whether you were first'],
    ['postgres', 'row', 'PostgreSQL', 'row locks in the database: correct, across many machines'],
  ] satisfies [LabStore, LabLockMode, string, string, number?][]
).map(([store, lockMode, title, shows, batchMax = defaults.batchMax], index) => {
  const setting = { ...defaults, store, lockMode, batchMax };
  const expect = isUnguarded(setting) ? 'broken' : 'holds';
  return { rung: index + 1, title, shows, setting, expect };
});
