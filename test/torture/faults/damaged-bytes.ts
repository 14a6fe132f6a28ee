import { expect } from 'vitest';
import { type Checkpoint, printCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { CorruptionSweep, readableWhenDamaged } from '../../store/ledger/corruption-sweep.js';
import type { TortureFault } from '../fault.js';

const BITS = [0, 1, 2, 3, 4, 5, 6, 7];

export const damagedBytes: TortureFault = {
  number: 7,
  fault: 'every byte of a small ledger and of its checkpoint is flipped or cut off',
  expected:
    'the same state, or rejected with the offset; a different tail only above the newest claim',
  async run(round) {
    const sweep = await CorruptionSweep.begin();
    const bits = round.full ? BITS : round.random.sample(BITS, 1);
    for (const checkpoint of sweep.checkpoints) {
      expect(await sweep.flipAll(bits, checkpoint)).toEqual([]);
      expect(await sweep.cutAll(checkpoint)).toEqual([]);
    }
    const [, checkpoint] = sweep.checkpoints;
    expect(readableWhenDamaged(Buffer.from(printCheckpoint(checkpoint as Checkpoint)))).toBe(0);
    const damages = sweep.whole.length * (bits.length + 1) * sweep.checkpoints.length;
    return `${sweep.whole.length} bytes, ${damages} damaged copies, ${sweep.skipped} lines skipped`;
  },
};
