import fc from 'fast-check';
import { crash } from '../../store/ledger/power-cut.js';
export const powerCut = {
    number: 8,
    fault: 'a power cut at any call: unsynced bytes are lost, or written out of order',
    expected: 'starts; every answered sale is there, every refusal still true',
    async run({ seed, whole }) {
        const numRuns = whole ? 2_000 : 200;
        await fc.assert(crash(), { numRuns, seed });
        return `${numRuns} power cuts`;
    },
};
//# sourceMappingURL=power-cut.js.map