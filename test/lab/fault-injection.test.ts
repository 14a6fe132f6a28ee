import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/lab/plan.js';
import { broken, nearlyAll, plansOf, RUNS, runOften } from './runs.js';

const [killedFile, killedKernel] = plansOf('holder-killed') as [Plan, Plan];
const [stolenJson, stolenLedger] = plansOf('lease-stolen') as [Plan, Plan];

/** Longer than anybody waits for a lock that is free, shorter than a lease lasts. */
const WAITED_MS = 1_200;

// Side by side: they wait for leases to run out and for workers to be replaced.
describe.concurrent('a scenario teaches', { timeout: 150_000 }, () => {
  test('holder-killed: a lock file keeps everybody waiting until it is stale', async () => {
    const runs = await runOften(killedFile);
    for (const { verdict, figures, lanes } of runs) {
      expect(verdict.ruling, verdict.because).toBe('holds');
      expect(figures.lockWaitMs?.max).toBeGreaterThan(WAITED_MS);
      expect(lanes.flatMap(({ marks }) => marks.map(({ kind }) => kind))).toContain('killed');
    }
    expect(runs).toHaveLength(RUNS);
  });

  test('holder-killed: a kernel lock is gone with its holder', async () => {
    const runs = await runOften(killedKernel);
    for (const { verdict, figures } of runs) {
      expect(verdict.ruling, verdict.because).toBe('holds');
      expect(figures.lockWaitMs?.max ?? 0).toBeLessThan(WAITED_MS);
    }
    expect(runs).toHaveLength(RUNS);
  });

  test('lease-stolen: json sells a ticket twice', async () => {
    const runs = await runOften(stolenJson);
    expect(broken(runs)).toBeGreaterThanOrEqual(nearlyAll(runs));
    for (const { lostUpdate, lanes } of runs.filter((run) => run.lostUpdate)) {
      const stopped = lanes.find(({ marks }) => marks.some(({ kind }) => kind === 'stopped'));
      expect(lostUpdate?.erasing.pid).toBe(stopped?.pid);
      expect(lostUpdate?.serials).toContain(lostUpdate?.erasing.serials[0]);
    }
  });

  test('lease-stolen: the ledger skips the line that came too late', async () => {
    const runs = await runOften(stolenLedger);
    for (const { verdict, figures } of runs) {
      expect(verdict.ruling, verdict.because).toBe('holds');
      expect(figures.duplicates).toBe(0);
      expect(figures.skipped).toBeGreaterThan(0);
    }
    expect(runs).toHaveLength(RUNS);
  });
});
