import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/lab/plan.js';
import type { Run } from '../../src/timeline/report.js';
import { countBroken, nearlyAll, plansOf, RUNS, runRepeatedly } from './scenario-runs.js';

const [killedFile, killedKernel] = plansOf('holder-killed') as [Plan, Plan];
const [stolenJson, stolenLedger] = plansOf('lease-stolen') as [Plan, Plan];

/** Longer than the wait for a free lock, shorter than a lease. */
const LONG_WAIT_MS = 1_200;

const longestWait = ({ figures }: Run): number => figures.lockWaitMs?.max ?? 0;

// Concurrent, because they mostly wait for leases to expire and for workers to be replaced.
describe.concurrent('a scenario teaches', () => {
  test('holder-killed: a lock file blocks the other workers until it is stale', async () => {
    const runs = await runRepeatedly(killedFile);
    for (const { verdict, figures, lanes } of runs) {
      expect(verdict.ruling, verdict.because).toBe('holds');
      expect(figures.lockWaitMs?.max).toBeGreaterThan(LONG_WAIT_MS);
      expect(lanes.flatMap(({ marks }) => marks.map(({ kind }) => kind))).toContain('killed');
    }
    expect(runs).toHaveLength(RUNS);
  });

  test('holder-killed: a kernel lock is released when its holder dies', async () => {
    const runs = await runRepeatedly(killedKernel);
    for (const { verdict } of runs) expect(verdict.ruling, verdict.because).toBe('holds');
    // On a busy machine any wait may be long, but not in most of the runs, as with a lock file.
    const short = runs.filter((run) => longestWait(run) < LONG_WAIT_MS);
    expect(short.length).toBeGreaterThan(RUNS / 2);
    expect(runs).toHaveLength(RUNS);
  });

  test('lease-stolen: the json store sells a ticket twice', async () => {
    const runs = await runRepeatedly(stolenJson);
    expect(countBroken(runs)).toBeGreaterThanOrEqual(nearlyAll(runs));
    for (const { lostUpdate, lanes } of runs.filter((run) => run.lostUpdate)) {
      const stopped = lanes.find(({ marks }) => marks.some(({ kind }) => kind === 'stopped'));
      expect(lostUpdate?.erasing.pid).toBe(stopped?.pid);
      expect(lostUpdate?.serials).toContain(lostUpdate?.erasing.serials[0]);
    }
  });

  test('lease-stolen: the ledger skips the line that came too late', async () => {
    const runs = await runRepeatedly(stolenLedger);
    for (const { verdict, figures } of runs) {
      expect(verdict.ruling, verdict.because).toBe('holds');
      expect(figures.duplicates).toBe(0);
      expect(figures.skipped).toBeGreaterThan(0);
    }
    expect(runs).toHaveLength(RUNS);
  });
});
