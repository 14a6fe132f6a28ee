import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/commands.js';
import { Chain } from '../../../src/store/ledger/chain.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { RecentOps } from '../../../src/store/ledger/recent-ops.js';
import { batchesPerWriter } from './arbitraries.js';
import { type AnsweredBatch, violationsIn } from './check-answers.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk, staticFile } from './memory-disk.js';
import { type OpenOptions, openStore, sell } from './open-store.js';

/**
 * Several writers sell from one file without a lock. After every file call the scheduler picks the
 * writer that continues.
 */
const race = (options: OpenOptions = {}, onSkipped: (lines: number) => void = () => {}) =>
  fc.asyncProperty(fc.scheduler(), batchesPerWriter, async (scheduler, plan) => {
    const disk = new MemoryDisk(fileOf(genesisLine()), () => scheduler.schedule(Promise.resolve()));
    const answered: AnsweredBatch[] = [];
    const writing = plan.map(async (batches) => {
      const store = await openStore(disk.open(), options);
      for (const batch of batches)
        answered.push({ buys: batch, results: await sell(store, ...batch) });
    });
    await scheduler.waitFor(Promise.all(writing));
    expect(await violationsIn(disk.bytes, answered)).toEqual([]);
    const { fold, lines } = await loadLedger(staticFile(disk.bytes));
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    onSkipped(fold.skipped);
  });

/** Replaces parts of the fold, for negative controls. */
const foldWith =
  (chain: typeof Chain, recent: typeof RecentOps) =>
  (loaded: Loaded): Loaded => ({
    ...loaded,
    fold: new Fold({
      chain: new chain(loaded.synced),
      events: loaded.genesis.events,
      recent: new recent(0),
    }),
  });

describe('several writers without a lock', () => {
  test('sell every ticket and every key once, and answer correctly', async () => {
    let skipped = 0;
    await fc.assert(
      race({}, (lines) => {
        skipped += lines;
      }),
      { numRuns: 300 },
    );
    expect(skipped).toBeGreaterThan(100); // otherwise the writers never collided
  });

  test('are caught if one does not notice that it was overtaken', async () => {
    class IgnoresOvertaking extends Chain {
      protected override extendsHead(): boolean {
        return true;
      }
    }
    const { failed } = await fc.check(race({ change: foldWith(IgnoresOvertaking, RecentOps) }), {
      numRuns: 150,
    });
    expect(failed).toBe(true);
  });

  test('are caught if one forgets idempotency keys', async () => {
    class ForgetsKeys extends RecentOps {
      override findByKey(): undefined {}
    }
    const { failed } = await fc.check(race({ change: foldWith(Chain, ForgetsKeys) }), {
      numRuns: 150,
    });
    expect(failed).toBe(true);
  });

  test('sell correctly if one store sells several batches at once', async () => {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const store = await openStore(disk.open());
    const batches = Array.from({ length: 6 }, (_, index): Buy[] => [
      { kind: 'buy', eventId: 'a', customer: `c${index}`, quantity: 1 },
    ]);
    const answered = await Promise.all(
      batches.map(async (batch) => ({ buys: batch, results: await sell(store, ...batch) })),
    );
    expect(await violationsIn(disk.bytes, answered)).toEqual([]);
  });
});
