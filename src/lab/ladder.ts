import type { LabLockMode, LabStore, Rung } from '../timeline/report.js';
import { defaults, isUnguarded } from './setting.js';

/** All rungs. One thing changes from each to the next; the last needs a server. */
export const ladder: readonly Rung[] = (
  [
    ['json', 'off', 'no lock', 'the race: two processes read the same number, and both sell it'],
    [
      'json',
      'mutex',
      'a mutex in each process',
      'memory is not shared: each is alone at home only',
      1, // as an office that races does by itself
    ],
    ['json', 'file', 'a lock file, every buy', 'a turn for each buyer: right, and very slow', 1],
    ['json', 'file', 'a lock file, every crowd', 'a turn for everybody who waits: right, and fast'],
    ['json', 'kernel', 'a kernel lock', 'gone the moment its holder dies, never stolen'],
    ['ledger', 'file', 'the ledger', 'right even when the lock is stolen'],
    ['ledger', 'off', 'the ledger, no lock', 'commit, and see whether you were first'],
    ['postgres', 'row', 'PostgreSQL', 'rows are locked where they are: right, over many machines'],
  ] satisfies [LabStore, LabLockMode, string, string, number?][]
).map(([store, lockMode, title, shows, batchMax = defaults.batchMax], index) => {
  const setting = { ...defaults, store, lockMode, batchMax };
  const expect = isUnguarded(setting) ? 'broken' : 'holds';
  return { rung: index + 1, title, shows, setting, expect };
});
