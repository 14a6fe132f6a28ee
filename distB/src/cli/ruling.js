import { exitCode } from '../exit-codes.js';
/** How a command ends that judged something. */
export const exitCodeOfRuling = {
    holds: exitCode.fine,
    broken: exitCode.wrong,
    inconclusive: exitCode.inconclusive,
};
//# sourceMappingURL=ruling.js.map