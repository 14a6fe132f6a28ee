import type { LabCatalogue } from '../../timeline/lab-catalogue.js';
import type { Run } from '../../timeline/report.js';
import { isServed } from '../../timeline/verbs.js';

/** A rung that is worth trying after a run that broke. */
export interface Fix {
  readonly label: string;
  readonly rung: number;
}

const fixIt = 'Fix it';
const tryAMutex = 'Try a mutex';

/** The rungs of the ladder whose locks are offered. */
const rungs = { mutex: 2, file: 4, postgres: 8 } as const;

/**
 * What to try next: after a run without a lock, a lock; and a mutex, which does not help. None after a
 * run that did not break, or that broke in spite of a lock.
 */
export function fixesFor(run: Run, catalogue: LabCatalogue | undefined): Fix[] {
  const { verdict, setting, verb } = run;
  const { store, lockMode } = setting;
  if (!isServed(verb)) return []; // a rung sells tickets
  if (verdict.ruling !== 'broken' || (lockMode !== 'off' && lockMode !== 'mutex')) return [];
  const fixed = { label: fixIt, rung: store === 'postgres' ? rungs.postgres : rungs.file };
  const all =
    store === 'json' && lockMode === 'off'
      ? [fixed, { label: tryAMutex, rung: rungs.mutex }]
      : [fixed];
  return all.filter(({ rung }) =>
    catalogue?.rungs.some((each) => each.rung === rung && each.unavailable === undefined),
  );
}
