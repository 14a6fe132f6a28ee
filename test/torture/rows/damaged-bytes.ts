import { expect } from 'vitest';
import { type Checkpoint, printCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { CorruptionSweep, readableWhenDamaged } from '../../store/ledger/corruption-sweep.js';
import type { Row } from '../row.js';

const BITS = [0, 1, 2, 3, 4, 5, 6, 7];

export const damagedBytes: Row = {
  number: 7,
  fault: 'every byte of a small ledger and of its checkpoint is cut or flipped',
  expected: 'the same state, or refused with the offset; above the newest claim another tail',
  async run(round) {
    const trials = await CorruptionSweep.begin();
    const bits = round.whole ? BITS : round.random.some(BITS, 1);
    for (const checkpoint of trials.checkpoints) {
      expect(await trials.flipAll(bits, checkpoint)).toEqual([]);
      expect(await trials.cutAll(checkpoint)).toEqual([]);
    }
    const [, checkpoint] = trials.checkpoints;
    expect(readableWhenDamaged(Buffer.from(printCheckpoint(checkpoint as Checkpoint)))).toBe(0);
    const damages = trials.whole.length * (bits.length + 1) * trials.checkpoints.length;
    return `${trials.whole.length} bytes, ${damages} damages, ${trials.skipped} lines skipped`;
  },
};
