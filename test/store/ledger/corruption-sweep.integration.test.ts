import { beforeAll, describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import { type Checkpoint, printCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { RecentOps } from '../../../src/store/ledger/recent-ops.js';
import {
  CorruptionSweep,
  ledgerOfEveryVerb,
  readableWhenDamaged,
  type Start,
} from './corruption-sweep.js';
import { staticFile } from './memory-disk.js';

/** Opens the ledger with another chain, for negative controls. */
const startWith =
  (chain: typeof Chain): Start =>
  async (bytes, checkpoint) => {
    const loaded = await loadLedger(staticFile(bytes), checkpoint);
    const { events } = loaded.genesis;
    const fold = new Fold({ chain: new chain(loaded.synced), events, recent: new RecentOps(0) });
    return { ...loaded, fold };
  };

describe('loading a corrupted ledger', () => {
  let sweep: CorruptionSweep;

  beforeAll(async () => {
    sweep = await CorruptionSweep.begin();
    expect(sweep.skipped).toBeGreaterThan(1);
    expect(sweep.commits).toBeGreaterThan(4);
    expect(sweep.claimed).toBeGreaterThan(1);
  });

  test('with a flipped bit gives the same state, damage, or another tail above the newest claim', async () => {
    expect(await sweep.flipAll([0, 2, 4, 7])).toEqual([]);
    for (const checkpoint of sweep.checkpoints) {
      expect(await sweep.flipAll([5], checkpoint)).toEqual([]);
    }
  });

  test('cut at any byte gives a prefix with every claimed line, or damage', async () => {
    for (const checkpoint of sweep.checkpoints) {
      expect(await sweep.cutAll(checkpoint)).toEqual([]);
    }
  });

  test('with every verb gives the same state, damage, or another tail above the newest claim', async () => {
    const everyVerb = await CorruptionSweep.begin(ledgerOfEveryVerb);
    expect([everyVerb.commits, everyVerb.skipped > 0]).toEqual([4, true]);
    for (const checkpoint of everyVerb.checkpoints) {
      expect(await everyVerb.flipAll([5], checkpoint)).toEqual([]);
    }
    expect(await everyVerb.cutAll(everyVerb.checkpoints.at(-1))).toEqual([]);
  });

  test('with a corrupted checkpoint ignores the checkpoint and gives the same state', async () => {
    const [, checkpoint] = sweep.checkpoints;
    expect(readableWhenDamaged(Buffer.from(printCheckpoint(checkpoint as Checkpoint)))).toBe(0);
    for (const each of sweep.checkpoints) {
      const states = await sweep.statesFrom(each);
      expect(states.get(sweep.commits)).toEqual(sweep.truth.get(sweep.commits));
    }
  });

  test('would give another state if claims were not checked', async () => {
    class WithoutClaims extends Chain {
      protected override checkClaim(): void {}
    }
    const violations = await sweep.flipAll([3], undefined, startWith(WithoutClaims));
    expect(violations.length).toBeGreaterThan(50);
  });

  test('would count a skipped line in place of a sale if a claim had no hash', async () => {
    class ClaimsByNumber extends Chain {
      protected override checkClaim({ seq }: { seq: number }, offset: number): void {
        if (seq > this.head.seq) throw new DamagedLedgerError(offset, 'ahead');
      }
    }
    const violations = await sweep.flipAll([3], undefined, startWith(ClaimsByNumber));
    expect(violations.some((each) => each.includes('another'))).toBe(true);
  });
});
