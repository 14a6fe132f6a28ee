import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/outcomes.js';
import { Chain } from '../../../src/store/ledger/chain.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { KeyWindow } from '../../../src/store/ledger/idempotency-keys.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { type Answered, faultsIn } from './judged.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk, still } from './memory-disk.js';
import { type OpenOptions, openStore, sell } from './open-store.js';
import { plans } from './plans.js';

/**
 * Several writers on one file, without a lock. After every call of every one of them, chance says
 * who goes on.
 */
const race = (options: OpenOptions = {}, onSkipped: (lines: number) => void = () => {}) =>
  fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
    const disk = new MemoryDisk(fileOf(genesisLine()), () => scheduler.schedule(Promise.resolve()));
    const answered: Answered[] = [];
    const writing = plan.map(async (batches) => {
      const store = await openStore(disk.open(), options);
      for (const batch of batches)
        answered.push({ buys: batch, results: await sell(store, ...batch) });
    });
    await scheduler.waitFor(Promise.all(writing));
    expect(await faultsIn(disk.bytes, answered)).toEqual([]);
    const { fold, lines } = await loadLedger(still(disk.bytes));
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    onSkipped(fold.skipped);
  });

/** The fold of a broken store. */
const foldWith =
  (chain: typeof Chain, keys: typeof KeyWindow) =>
  (loaded: Loaded): Loaded => ({
    ...loaded,
    fold: new Fold({
      chain: new chain(loaded.synced),
      events: loaded.genesis.events,
      keys: new keys(0),
    }),
  });

describe('several writers without a lock', () => {
  test('sell every ticket and every key once, and tell the truth', async () => {
    let skipped = 0;
    await fc.assert(
      race({}, (lines) => {
        skipped += lines;
      }),
      { numRuns: 300 },
    );
    expect(skipped).toBeGreaterThan(100); // or nobody was in anybody's way
  });

  test('of whom one does not look whether it was overtaken are found out', async () => {
    class Overtaking extends Chain {
      protected override extendsHead(): boolean {
        return true;
      }
    }
    const { failed } = await fc.check(race({ change: foldWith(Overtaking, KeyWindow) }), {
      numRuns: 150,
    });
    expect(failed).toBe(true);
  });

  test('of whom one forgets its keys are found out', async () => {
    class Forgetful extends KeyWindow {
      override find(): undefined {}
    }
    const { failed } = await fc.check(race({ change: foldWith(Chain, Forgetful) }), {
      numRuns: 150,
    });
    expect(failed).toBe(true);
  });

  test('one store may sell several batches at once', async () => {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const store = await openStore(disk.open());
    const batches = Array.from({ length: 6 }, (_, index): Buy[] => [
      { eventId: 'a', customer: `c${index}`, quantity: 1 },
    ]);
    const answered = await Promise.all(
      batches.map(async (batch) => ({ buys: batch, results: await sell(store, ...batch) })),
    );
    expect(await faultsIn(disk.bytes, answered)).toEqual([]);
  });
});
