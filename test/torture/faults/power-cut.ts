import fc from 'fast-check';
import { crash } from '../../store/ledger/power-cut.js';
import { crashOfVerbs } from '../../store/ledger/power-cut-verbs.js';
import type { TortureFault } from '../fault.js';

export const powerCut: TortureFault = {
  number: 8,
  fault: 'a power cut at any file call: unsynced bytes are lost or reordered',
  expected: 'starts; every answered sale is on record, every rejection is still correct',
  async run({ seed, full }) {
    const numRuns = full ? 2_000 : 200;
    await fc.assert(crash(), { numRuns, seed });
    await fc.assert(crashOfVerbs(), { numRuns, seed });
    return `${2 * numRuns} power cuts, half of them of every verb`;
  },
};
