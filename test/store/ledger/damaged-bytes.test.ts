import { beforeAll, describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import { type Checkpoint, printCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { KeyWindow } from '../../../src/store/ledger/idempotency-keys.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { DamageTrials, readableWhenDamaged, type Start } from './damage-trials.js';
import { still } from './memory-disk.js';

/** Starts with a chain of the test's own. */
const startWith =
  (chain: typeof Chain): Start =>
  async (bytes, checkpoint) => {
    const loaded = await loadLedger(still(bytes), checkpoint);
    const { events } = loaded.genesis;
    const fold = new Fold({ chain: new chain(loaded.synced), events, keys: new KeyWindow(0) });
    return { ...loaded, fold };
  };

describe('a ledger and its checkpoint, every byte of them damaged', () => {
  let trials: DamageTrials;

  beforeAll(async () => {
    trials = await DamageTrials.begin();
    expect(trials.skipped).toBeGreaterThan(1);
    expect(trials.recentCommits).toBeGreaterThan(4);
    expect(trials.claimed).toBeGreaterThan(1);
  });

  test('flipped: the same state, refused, or another tail that nobody claims', async () => {
    expect(await trials.flipAll([0, 2, 4, 7])).toEqual([]);
    for (const checkpoint of trials.checkpoints) {
      expect(await trials.flipAll([5], checkpoint)).toEqual([]);
    }
  });

  test('cut: a prefix that has all that is claimed, or refused', async () => {
    for (const checkpoint of trials.checkpoints) {
      expect(await trials.cutAll(checkpoint)).toEqual([]);
    }
  });

  test('its checkpoint flipped or cut: made anew, with the same state', async () => {
    const [, checkpoint] = trials.checkpoints;
    expect(readableWhenDamaged(Buffer.from(printCheckpoint(checkpoint as Checkpoint)))).toBe(0);
    for (const each of trials.checkpoints) {
      const states = await trials.statesFrom(each);
      expect(states.get(trials.recentCommits)).toEqual(trials.truth.get(trials.recentCommits));
    }
  });

  test('without the check of claims, some flips would give another state', async () => {
    class Credulous extends Chain {
      protected override checkClaim(): void {}
    }
    const faults = await trials.flipAll([3], undefined, startWith(Credulous));
    expect(faults.length).toBeGreaterThan(50);
  });

  test('without the hash in the claim, some flips would put a skipped line in a sale’s place', async () => {
    class ByNumber extends Chain {
      protected override checkClaim({ seq }: { seq: number }, offset: number): void {
        if (seq > this.head.seq) throw new DamagedLedgerError(offset, 'ahead');
      }
    }
    const faults = await trials.flipAll([3], undefined, startWith(ByNumber));
    expect(faults.some((each) => each.includes('another'))).toBe(true);
  });
});
